/** Status line and headers of a response, and what they say about the body (RFC 9112, section 6.3). */
import { connectionOptions, isHopByHop } from './hop-by-hop.ts';
import { ProtocolError } from './protocol-error.ts';

export interface ResponseHead {
  status: number;
  reason: string;
  /** Name, value, name, value, ...: what is passed on, without what concerns only this connection. */
  headers: string[];
  framing: 'length' | 'chunked' | 'until-close';
  /** Of the body, in bytes; 0 when there is none. Meaningless unless framing is `length`. */
  length: number;
  /** The endpoint keeps the connection open after this response. */
  keepAlive: boolean;
  /** How long the endpoint says that it keeps an idle connection, in milliseconds. */
  keepAliveMs: number | undefined;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const HEADER = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/;

/** `text` is the head without its final empty line. Throws ProtocolError when it is malformed or ambiguous. */
export function parseHead(text: string, method: string, upgrade: boolean): ResponseHead {
  const lines = text.split('\r\n');
  const [, minor, code, reason = ''] = STATUS_LINE.exec(lines[0] ?? '') ?? [];
  if (code === undefined) throw new ProtocolError('bad status line');
  const status = Number(code);
  if (status === 101 && !upgrade) throw new ProtocolError('switches protocols without being asked');
  const all = parseHeaders(lines);
  const connection = connectionOptions(all.named('connection'));
  const keepAlive = minor === '1' && !connection.has('close');
  return {
    status,
    reason,
    headers: passedOn(all.flat, connection, status),
    ...bodyFraming(status, method, minor === '1', all.named('content-length'), all.named('transfer-encoding')),
    keepAlive,
    keepAliveMs: keepAliveHint(all.named('keep-alive')),
  };
}

interface Headers {
  flat: string[];
  named(lowerCaseName: string): string[];
}

function parseHeaders(lines: string[]): Headers {
  const flat: string[] = [];
  const framing = new Map<string, string[]>();
  for (let i = 1; i < lines.length; i++) {
    const [, name, value] = HEADER.exec(lines[i]!) ?? [];
    if (name === undefined || value === undefined) throw new ProtocolError('bad header line');
    flat.push(name, value);
    const key = name.toLowerCase();
    if (isHopByHop(key) || key === 'content-length') framing.set(key, [...(framing.get(key) ?? []), value]);
  }
  return { flat, named: (name) => framing.get(name) ?? [] };
}

type Framing = Pick<ResponseHead, 'framing' | 'length'>;
const NO_BODY: Framing = { framing: 'length', length: 0 };

function bodyFraming(status: number, method: string, http11: boolean, lengths: string[], codings: string[]): Framing {
  if (status === 101) return { framing: 'until-close', length: 0 };
  if (codings.length > 0 && (lengths.length > 0 || !http11)) throw new ProtocolError('ambiguous body');
  if (lengths.length > 1 || codings.length > 1) throw new ProtocolError('ambiguous body');
  const [length] = lengths;
  if (length !== undefined && !/^\d{1,15}$/.test(length)) throw new ProtocolError('bad content-length');
  if (codings[0] !== undefined && codings[0].toLowerCase() !== 'chunked') throw new ProtocolError('unknown coding');
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return NO_BODY;
  if (codings.length > 0) return { framing: 'chunked', length: 0 };
  return length === undefined ? { framing: 'until-close', length: 0 } : { framing: 'length', length: Number(length) };
}

/** A 101 keeps its Connection and Upgrade: they are the answer. */
function passedOn(flat: string[], connection: ReadonlySet<string>, status: number): string[] {
  const headers: string[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!.toLowerCase();
    const dropped =
      (status !== 101 && (isHopByHop(name) || connection.has(name))) || (status === 204 && name === 'content-length');
    if (!dropped) headers.push(flat[i]!, flat[i + 1]!);
  }
  return headers;
}

function keepAliveHint([hint = '']: string[]): number | undefined {
  const [, seconds] = /timeout=(\d{1,6})/i.exec(hint) ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
