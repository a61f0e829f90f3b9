/**
 * The program of a load worker's pod. On SIGTERM it ends its load and goes when its record has been collected, or when
 * the kubelet's patience is over: a Job ends all its pods when one fails, and what the others did would be unknown too.
 */
import { LoadWorker } from './load-worker.ts';
import { createWorkerServer } from './worker-server.ts';

const PORT = 8080;
const FORGOTTEN_MS = 60_000;

/** Whoever started the load is gone: without this it would go on until the Job's deadline. */
const forgotten = setTimeout(() => {
  console.log('nobody has asked for a minute; ending');
  process.exit(1);
}, FORGOTTEN_MS);

const worker = new LoadWorker();
process.once('SIGTERM', () => void worker.end().then(() => process.exit(0)));
createWorkerServer(worker, () => forgotten.refresh()).listen(PORT, '0.0.0.0', () =>
  console.log(`listening on ${PORT}`),
);
