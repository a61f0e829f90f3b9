/** Load workers in the cluster: a Job, its pods at the other end of port-forwards, and one load that they share. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../../cluster/cluster.ts';
import type { ForwardedPort } from '../../cluster/forward.ts';
import { isServing, NAMESPACE, type KubeObject } from '../../cluster/objects.ts';
import { explain, waitFor } from '../../cluster/wait.ts';
import { LabError } from '../../exit-codes.ts';
import type { LoadProgress, LoadResult, LoadSpec, WorkerRecord } from '../load.ts';
import { Recorder } from '../recorder.ts';
import type { Recording } from '../recording.ts';
import { estimateOffset } from './clock-offset.ts';
import { divideLoad, startDelayMs } from './divide.ts';
import { jobReference, WORKER_PORT, workerJob, type JobOptions } from './job.ts';
import { clockMs } from './load-worker.ts';
import { mergeRecordings } from './merge.ts';
import { sumProgress } from './progress.ts';
import { WorkerClient } from './worker-client.ts';
import { isOver, whyOver } from './worker-pod.ts';

const READY_LIMIT_MS = 90_000;
/** From the word to start to the start, for the word to reach all workers. */
const LEAD_MS = 500;
const POLL_MS = 300;
/** A worker whose pod is said to run may be silent for so long. */
const SILENCE_LIMIT_MS = 15_000;
const COLLECT_ATTEMPTS = 3;

interface Worker {
  pod: KubeObject;
  forwarded: ForwardedPort;
  client: WorkerClient;
}

/** Creates the Job and waits for its pods. Throws LabError, with the Job removed, when they do not become ready. */
export async function startWorkers(cluster: Cluster, options: JobOptions, signal: AbortSignal): Promise<LoadWorkers> {
  await cluster.create(workerJob(options));
  try {
    const pods = await readyPods(cluster, options, signal);
    const workers = await Promise.all(
      pods.map(async (pod): Promise<Worker> => {
        const forwarded = await cluster.forward(pod.metadata.name, WORKER_PORT);
        return { pod, forwarded, client: new WorkerClient(forwarded) };
      }),
    );
    return new LoadWorkers(cluster, options.name, workers);
  } catch (error) {
    await cluster.remove(jobReference(options.name)).catch(() => undefined);
    throw error;
  }
}

async function readyPods(cluster: Cluster, options: JobOptions, signal: AbortSignal): Promise<KubeObject[]> {
  const { name, image, workers } = options;
  const labelSelector = `batch.kubernetes.io/job-name=${name}`;
  const look = async (): Promise<KubeObject[] | undefined> => {
    const pods = await cluster.list('v1', 'Pod', { namespace: NAMESPACE, labelSelector });
    const ended = pods.find(isOver);
    if (ended) throw new LabError(`load worker ${ended.metadata.name} ended before its load: ${whyOver(ended)}`);
    return pods.length === workers && pods.every(isServing) ? pods : undefined;
  };
  const reason = async (): Promise<string> => `${await explain(cluster)}\n  (npm run images builds ${image})`;
  const { value } = await waitFor('the load workers are not ready', READY_LIMIT_MS, signal, look, reason);
  return value.toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name));
}

export class LoadWorkers {
  readonly #cluster: Cluster;
  readonly #job: string;
  readonly #workers: Worker[];

  constructor(cluster: Cluster, job: string, workers: Worker[]) {
    this.#cluster = cluster;
    this.#job = job;
    this.#workers = workers;
  }

  /** Removes the Job and its pods, and ends the port-forwards. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map(({ forwarded }) => forwarded.close()));
    await this.#cluster.remove(jobReference(this.#job));
  }

  /**
   * Runs a load, once. What workers were lost, or gave no whole record, is missing in the result and named in `workers`.
   * Throws LabError when the load could not be started, and the signal's reason when it aborts.
   */
  async run(
    spec: LoadSpec,
    signal: AbortSignal,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<LoadResult & { workers: WorkerRecord[] }> {
    const parts = divideLoad(spec, this.#workers.length);
    const records = await this.#meet(signal);
    await Promise.all(
      this.#workers.map(({ pod, client }, index) => {
        const { offsetMs } = records[index]!.clock;
        return answerOf(pod, client.prepare({ ...parts[index]!, runOriginMs: spec.runOriginMs + offsetMs }));
      }),
    );
    const startAt = clockMs() + LEAD_MS;
    const latest: LoadProgress[] = [];
    const recordings = await Promise.all(
      this.#workers.map(async (worker, index) => {
        const record = records[index]!;
        const at = startAt + record.clock.offsetMs + startDelayMs(spec, index);
        await worker.client.start(at).catch((error: Error) => {
          record.error = `it could not be told to start: ${error.message}`;
        });
        return this.#follow(worker, record, signal, (progress) => {
          latest[index] = progress;
          onProgress(sumProgress(latest.filter(Boolean)));
        });
      }),
    );
    const arrived = recordings.filter((recording) => recording !== undefined);
    return {
      ...mergeRecordings(arrived.length > 0 ? arrived : [new Recorder(spec).finish()]),
      workers: records,
    };
  }

  /** One after the other: probes at the same time would hold each other up. */
  async #meet(signal: AbortSignal): Promise<WorkerRecord[]> {
    const records: WorkerRecord[] = [];
    for (const { pod, client } of this.#workers) {
      signal.throwIfAborted();
      const clock = await answerOf(
        pod,
        estimateOffset(() => client.clock(), clockMs),
      );
      const { name } = pod.metadata;
      records.push({ pod: name, node: pod.spec.nodeName, clock, startedAt: null, made: 0, recorded: 0, error: null });
    }
    return records;
  }

  /** Until its record has arrived, or it is clear that none will. Writes into `record` what became of it. */
  async #follow(
    worker: Worker,
    record: WorkerRecord,
    signal: AbortSignal,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<Recording | undefined> {
    let answeredAt = performance.now();
    while (record.error === null) {
      await delay(POLL_MS, undefined, { signal });
      try {
        const { state, progress, made, error } = await worker.client.progress();
        answeredAt = performance.now();
        record.made = made;
        if (progress) onProgress(progress);
        if (state === 'failed') record.error = error;
        if (state === 'done') return await collect(worker.client, record, error);
      } catch (error) {
        signal.throwIfAborted();
        const silentMs = performance.now() - answeredAt;
        record.error = await this.#whyLost(worker.pod, silentMs, error as Error);
      }
    }
    return undefined;
  }

  /** Null while there is hope. */
  async #whyLost({ metadata }: KubeObject, silentMs: number, cause: Error): Promise<string | null> {
    const reference = { apiVersion: 'v1', kind: 'Pod', namespace: NAMESPACE, name: metadata.name };
    const pod = await this.#cluster.find(reference).catch(() => null);
    if (pod === undefined) return 'its pod is gone';
    if (pod !== null && isOver(pod)) return whyOver(pod);
    return silentMs > SILENCE_LIMIT_MS
      ? `it has been silent for ${Math.round(silentMs / 1000)} s (${cause.message})`
      : null;
  }
}

/** Throws LabError that names the pod. */
async function answerOf<T>({ metadata }: KubeObject, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw new LabError(`load worker ${metadata.name} does not answer: ${(error as Error).message}`, { cause: error });
  }
}

/** Never throws: what cannot be had is told in `record`. `error` is what the worker itself has to say. */
async function collect(
  client: WorkerClient,
  record: WorkerRecord,
  error: string | null,
): Promise<Recording | undefined> {
  let failure: Error | undefined;
  for (let attempt = 0; attempt < COLLECT_ATTEMPTS; attempt++) {
    try {
      const recording = await client.recording();
      record.recorded = recording.columns.seq.length;
      record.startedAt = recording.startedAt;
      const missing = record.made - record.recorded;
      record.error =
        missing === 0 ? error : `of ${record.made} requests that it made, ${missing} are not in its record`;
      return recording;
    } catch (cause) {
      failure = cause as Error;
    }
  }
  record.error = `its record did not arrive: ${failure!.message}`;
  return undefined;
}
