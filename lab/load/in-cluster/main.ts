/**
 * The program of a load worker's pod. On SIGTERM it ends its load and stays until its record has been collected, while
 * somebody asks: a Job ends all its pods when one fails, and what the others did would be unknown too.
 */
import { LoadWorker } from './load-worker.ts';
import { createWorkerServer } from './worker-server.ts';

const PORT = 8080;
/** Whoever started the load is gone: without this it would go on until the Job's deadline. */
const FORGOTTEN_MS = 60_000;
/** Several times the pause between two questions of the harness. */
const UNWANTED_MS = 3000;

const worker = new LoadWorker();
const timers = [setTimeout(() => process.exit(1), FORGOTTEN_MS)];
process.once('SIGTERM', () => {
  timers.push(setTimeout(() => process.exit(1), UNWANTED_MS));
  void worker.end().then(() => process.exit(0));
});
const server = createWorkerServer(worker, () => timers.forEach((timer) => timer.refresh()));
server.listen(PORT, '0.0.0.0', () => console.log(`listening on ${PORT}`));
