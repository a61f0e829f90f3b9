/** The thread that runs one load; its data is the LoadSpec. Any message to it ends the load. */
import { parentPort, workerData } from 'node:worker_threads';
import type { LoadProgress, LoadSpec } from './load.ts';
import { Recorder } from './recorder.ts';
import { transferables, type Recording } from './recording.ts';
import { DRIVES } from './registry.ts';
import { rehearse } from './rehearse.ts';

export type WorkerMessage = { kind: 'progress'; progress: LoadProgress } | { kind: 'done'; recording: Recording };

const PROGRESS_INTERVAL_MS = 200;

async function main(port: NonNullable<typeof parentPort>, spec: LoadSpec): Promise<void> {
  const abort = new AbortController();
  port.once('message', () => abort.abort());
  const drive = await DRIVES[spec.driver]();
  await rehearse(drive, spec, abort.signal);

  const recorder = new Recorder(spec);
  const report = () => port.postMessage({ kind: 'progress', progress: recorder.progress() } satisfies WorkerMessage);
  const reporting = setInterval(report, PROGRESS_INTERVAL_MS);
  await drive(spec, recorder, abort.signal);
  clearInterval(reporting);

  recorder.abandon();
  report();
  const recording = recorder.finish();
  port.postMessage({ kind: 'done', recording } satisfies WorkerMessage, transferables(recording));
  port.close();
}

if (!parentPort) throw new Error('worker.ts runs only as a worker thread');
await main(parentPort, workerData as LoadSpec);
