/** Server-sent events: one reading per interval for all who listen, and none while nobody does. */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../shared/problem.ts';
import type { Stats } from './stats.ts';

/** `json` for programs, `html` for the page, which puts it in place of what it shows. */
export type EventFormat = 'json' | 'html';

export interface LiveUpdatesOptions {
  intervalMs: number;
  read: () => Promise<Stats>;
  renderHtml: (stats: Stats) => string;
  /** Ends all streams when aborted. */
  signal: AbortSignal;
}

/** How long a browser waits before it connects again: to another pod, if this one has gone. */
const RECONNECT_MS = 1000;

export class LiveUpdates {
  readonly #options: LiveUpdatesOptions;
  readonly #listeners = new Map<ServerResponse, EventFormat>();
  #running = false;

  constructor(options: LiveUpdatesOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', () => {
      for (const listener of this.#listeners.keys()) listener.end();
    });
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  /** Writes events to the response until the client goes away or the service ends. */
  add(response: ServerResponse, format: EventFormat): void {
    response.write(`retry: ${RECONNECT_MS}\n\n`);
    this.#listeners.set(response, format);
    response.on('close', () => this.#listeners.delete(response));
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#listeners.size > 0 && !this.#options.signal.aborted) {
      this.#send(await this.#nextEvents());
      await sleep(this.#options.intervalMs);
    }
    this.#running = false;
  }

  async #nextEvents(): Promise<Record<EventFormat, string>> {
    try {
      const stats = await this.#options.read();
      const wantsHtml = [...this.#listeners.values()].includes('html');
      return {
        json: eventOf('stats', JSON.stringify(stats)),
        html: wantsHtml ? eventOf('stats', this.#options.renderHtml(stats)) : '',
      };
    } catch (error) {
      const body = error instanceof Problem ? error.body : { title: 'The statistics could not be read' };
      const event = eventOf('problem', JSON.stringify(body));
      return { json: event, html: event };
    }
  }

  #send(events: Record<EventFormat, string>): void {
    for (const [listener, format] of this.#listeners) {
      // A client that does not read misses updates, instead of having them pile up here.
      if (!listener.writableNeedDrain) listener.write(events[format]);
    }
  }
}

function eventOf(name: string, data: string): string {
  const lines = data.split('\n').map((line) => `data: ${line}`);
  return `event: ${name}\n${lines.join('\n')}\n\n`;
}
