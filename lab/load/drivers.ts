/**
 * Running loads. A driver has a thread to itself, so that what the harness does meanwhile cannot delay a request or its
 * time stamps; its record arrives as typed arrays that are moved, not copied.
 */
import { Worker } from 'node:worker_threads';
import { checkSpec } from './check-spec.ts';
import type { LoadDriver, LoadProgress, LoadResult, LoadSpec } from './load.ts';
import { toLoadResult, type Recording } from './recording.ts';
import type { WorkerMessage } from './worker.ts';

/** The driver of that name. */
export function loadDriver(kind: LoadSpec['driver']): LoadDriver {
  return { run: (spec, signal, onProgress) => runLoad({ ...spec, driver: kind }, signal, onProgress) };
}

/**
 * Runs a load with the driver that it names; see LoadDriver.run. Reports progress about five times a second and once at
 * the end; of the operations that ended, `failed` counts all that were not ok. Throws RangeError for a spec that cannot
 * be run.
 */
export async function runLoad(
  spec: LoadSpec,
  signal: AbortSignal,
  onProgress: (progress: LoadProgress) => void,
): Promise<LoadResult> {
  checkSpec(spec);
  return toLoadResult(await recordInThread(spec, signal, onProgress));
}

function recordInThread(
  spec: LoadSpec,
  signal: AbortSignal,
  onProgress: (progress: LoadProgress) => void,
): Promise<Recording> {
  // Loaders that this process was started with (a test runner's) would only slow the thread down.
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: spec, execArgv: [] });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  const abort = () => worker.postMessage('abort');
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });

  return new Promise<Recording>((resolve, reject) => {
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'progress') onProgress(message.progress);
      else resolve(message.recording);
    });
    worker.once('error', (cause) => reject(new Error(`load ${spec.name}: its driver failed`, { cause })));
    worker.once('exit', (code) => reject(new Error(`load ${spec.name}: its driver's thread ended early (${code})`)));
  }).finally(() => signal.removeEventListener('abort', abort));
}
