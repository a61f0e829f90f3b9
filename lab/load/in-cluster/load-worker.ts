/** One load, run for somebody who asks for it step by step: what a worker's pod does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { checkSpec } from '../check-spec.ts';
import type { LoadProgress, LoadSpec } from '../load.ts';
import { Recorder } from '../recorder.ts';
import { type Drive, DRIVES } from '../registry.ts';
import { rehearse } from '../rehearse.ts';
import { encodeRecording } from './recording-bytes.ts';

export interface WorkerProgress {
  state: 'waiting' | 'running' | 'done' | 'failed';
  /** Null before the start. */
  progress: LoadProgress | null;
  /** Requests begun so far; when done, those of the record. */
  made: number;
  /** Why it failed, or was over before its time. */
  error: string | null;
}

/** What was asked for cannot be had in this state. */
export class WrongState extends Error {
  override readonly name = 'WrongState';
}

/** The load runs in the thread that answers, which has next to nothing else to do. */
export class LoadWorker {
  #state: WorkerProgress['state'] = 'waiting';
  #prepared: { spec: LoadSpec; drive: Drive } | undefined;
  #recorder: Recorder | undefined;
  #bytes: Buffer | undefined;
  #error: string | null = null;
  readonly #abort = new AbortController();
  readonly #handedOver = Promise.withResolvers<void>();

  /** Makes the driver ready. Throws RangeError for a spec that cannot be run, WrongState for a second one. */
  async prepare(spec: LoadSpec): Promise<void> {
    if (this.#prepared) throw new WrongState('there is a load already');
    checkSpec(spec);
    const drive = await DRIVES[spec.driver]();
    this.#prepared = { spec, drive };
    await rehearse(drive, spec, this.#abort.signal);
  }

  /** Begins at that time of clockMs(), at once if it is over. Throws WrongState. */
  start(at: number): void {
    if (!this.#prepared || this.#state !== 'waiting') throw new WrongState('no load is prepared');
    this.#state = 'running';
    this.#run(this.#prepared, at).catch((error: Error) => {
      this.#state = 'failed';
      this.#error = error.message;
      this.#handedOver.resolve();
    });
  }

  progress(): WorkerProgress {
    const progress = this.#recorder?.progress() ?? null;
    return { state: this.#state, progress, made: this.#recorder?.begun ?? 0, error: this.#error };
  }

  /** The finished recording. Throws WrongState. */
  recording(): Buffer {
    if (!this.#bytes) throw new WrongState('the load is not done');
    return this.#bytes;
  }

  /** The recording has arrived. */
  handedOver(): void {
    this.#handedOver.resolve();
  }

  /** Ends the load if it runs; resolves when there is nothing to hand over any more. */
  async end(): Promise<void> {
    if (this.#state === 'waiting') return;
    if (this.#state === 'running') this.#error = 'it was told to end before its load was over';
    this.#abort.abort();
    await this.#handedOver.promise;
  }

  async #run({ spec, drive }: { spec: LoadSpec; drive: Drive }, at: number): Promise<void> {
    const { signal } = this.#abort;
    await sleep(Math.max(0, at - clockMs()), undefined, { signal }).catch(() => undefined);
    this.#recorder = new Recorder(spec);
    await drive(spec, this.#recorder, signal);
    this.#recorder.abandon();
    this.#bytes = encodeRecording(this.#recorder.finish());
    this.#state = 'done';
  }
}

/** Milliseconds since 1970, fractions allowed: the clock of LoadSpec.runOriginMs. */
export function clockMs(): number {
  return performance.timeOrigin + performance.now();
}
