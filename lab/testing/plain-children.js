/**
 * Preloaded into each test by .taprc. tap gives every process that a test starts, and theirs, a module loader that notes
 * which files it reads; it doubles the time such a process takes to start, and what users start has none.
 */
import processOnSpawn from 'process-on-spawn';

processOnSpawn.removeAllListeners();
delete process.env['NODE_OPTIONS'];
