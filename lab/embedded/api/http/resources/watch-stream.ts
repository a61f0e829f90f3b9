/** The answer to a watch: lines of JSON until one of the two sides ends it. */
import type { ServerResponse } from 'node:http';
import type { WatchEvent } from '../../client.ts';
import type { ApiError } from '../../errors.ts';
import { apiVersionOf } from '../../resources.ts';
import type { ResourceInfo } from '../../resources.ts';
import type { KubeObject } from '../../types.ts';
import { eventLine, lineOf } from './watch-text.ts';
import type { WatchForm } from './watch-text.ts';

/** A client this far behind will not catch up; it is cut off and starts anew, as with a real server. */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024;
/** When the client names no end, one between this and twice this is chosen, as by a real server. */
const MIN_WATCH_SECONDS = 1800;

export interface WatchEnds {
  /** Aborted when the server closes. */
  closing: AbortSignal;
  /** When the server ends the watch in good order. */
  timeoutSeconds: number | undefined;
}

export class WatchStream {
  private readonly response: ServerResponse;
  private readonly resource: ResourceInfo;
  private readonly form: WatchForm;
  /** What was written before the stream was opened. */
  private error: Buffer | undefined;
  private newestVersion: string;

  /** `version` is where the watch starts. */
  constructor(response: ServerResponse, resource: ResourceInfo, form: WatchForm, version: string) {
    this.response = response;
    this.resource = resource;
    this.form = form;
    this.newestVersion = version;
  }

  /** Of the newest event sent: where a client that loses the stream goes on. */
  get version(): string {
    return this.newestVersion;
  }

  get ended(): boolean {
    return this.response.writableEnded || this.response.destroyed;
  }

  /** Sends the head of the answer. */
  open({ closing, timeoutSeconds }: WatchEnds): void {
    const { response } = this;
    const seconds = timeoutSeconds || MIN_WATCH_SECONDS * (1 + Math.random());
    const end = (): void => void response.end();
    const timer = setTimeout(end, seconds * 1000);
    closing.addEventListener('abort', end);
    response.once('close', () => {
      clearTimeout(timer);
      closing.removeEventListener('abort', end);
    });
    response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' });
    response.flushHeaders();
    if (this.error !== undefined) response.end(this.error);
  }

  /** Calls `handler` once, whoever ends the stream. */
  onceEnded(handler: () => void): void {
    this.response.once('close', handler);
  }

  /** Objects come in the order of their versions, but for the initial ones, which are all older than what follows. */
  send(event: WatchEvent<KubeObject>): void {
    const { resourceVersion } = event.object.metadata;
    if (Number(resourceVersion) > Number(this.newestVersion)) this.newestVersion = resourceVersion;
    this.write(eventLine(this.resource.plural, event, this.form));
  }

  /** Tells the client that it has seen everything up to `version`. */
  sendBookmark(version: string, annotations?: Record<string, string>): void {
    this.newestVersion = version;
    const metadata = { resourceVersion: version, creationTimestamp: null, ...(annotations && { annotations }) };
    this.write(lineOf('BOOKMARK', JSON.stringify(this.bookmark(metadata))));
  }

  /** Ends the stream with an error, once it is open. */
  fail(error: ApiError): void {
    this.error = lineOf('ERROR', JSON.stringify(error.toStatus()));
  }

  private bookmark(metadata: object): object {
    if (this.form.as === 'Metadata') return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
    const object = { kind: this.resource.kind, apiVersion: apiVersionOf(this.resource), metadata };
    if (this.form.as === 'Object') return object;
    const rows = [{ cells: [], object: { ...object, kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' } }];
    return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions: [], rows };
  }

  private write(line: Buffer): void {
    if (this.ended) return;
    this.response.write(line);
    if (this.response.writableLength > MAX_UNSENT_BYTES) this.response.destroy();
  }
}
