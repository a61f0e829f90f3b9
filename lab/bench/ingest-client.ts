/** The load of the ingest bench, from the side of whoever asks for it: ingest-client-program.ts as a process of its own. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { JsonSample, Round } from './ingest-client-program.ts';

const PROGRAM = fileURLToPath(new URL('ingest-client-program.ts', import.meta.url));

export class IngestClient {
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;

  /**
   * Clients run on machines of their own, where they cannot interrupt a server whenever it has written an answer. Scheduling as
   * a batch job comes near to that: the client gets its share of a processor, but not at once. Needs chrt, of util-linux.
   */
  constructor() {
    const asBatch = spawnSync('chrt', ['--batch', '0', 'true']).status === 0 ? ['chrt', '--batch', '0'] : [];
    const [command, ...args] = [...asBatch, process.execPath, PROGRAM];
    this.#child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#ended = once(this.#child, 'exit').then(() => Promise.reject(new Error('the client ended')));
    // Told to whoever waits for an answer; nobody does after the last one.
    this.#ended.catch(() => {});
  }

  /** One round of load. Rejects when any request is answered by anything but 201. */
  async measure(round: Round): Promise<JsonSample> {
    this.#child.send(round);
    const [answer] = (await Promise.race([once(this.#child, 'message'), this.#ended])) as [
      JsonSample | { error: string },
    ];
    if ('error' in answer) throw new Error(answer.error);
    return answer;
  }

  stop(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}
