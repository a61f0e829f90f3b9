/** A message's template: the message with everything masked that differs from one occurrence to the next. */
import { hash } from 'node:crypto';

const LONGEST_TEMPLATE = 500;

/** In this order: an earlier one wins where several could begin. */
const QUOTED = /"[^"]*"|`[^`]*`|(?<!\w)'[^']*'(?!\w)/;
const UUID = /\b[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\b/;
const TIME =
  /\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?\b|\b\d\d:\d\d:\d\d(?:\.\d+)?\b/;
const IP = /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|(?<![\w:])(?=:*[\da-f])(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}(?![\w:])/;
const HEX = /\b0x[\da-f]+\b|\b(?=\d*[a-f])[\da-f]{8,}\b/;
const NUMBER = /(?:(?<!\w)[-+])?\d+(?:\.\d+)*/;

/** One expression, with a group for each kind, so that a message is gone through once. */
const VARIABLE = new RegExp([QUOTED, UUID, TIME, IP, HEX, NUMBER].map(({ source }) => `(${source})`).join('|'), 'gi');

/** At most 500 characters; what a longer message has beyond them does not tell it from others. */
export function templateOf(message: string): string {
  return message.replace(VARIABLE, maskOf).slice(0, LONGEST_TEMPLATE).toWellFormed();
}

function maskOf(_match: string, quoted?: string, uuid?: string, time?: string, ip?: string, hex?: string): string {
  if (quoted !== undefined) return '<str>';
  if (uuid !== undefined) return '<uuid>';
  if (time !== undefined) return '<time>';
  if (ip !== undefined) return '<ip>';
  if (hex !== undefined) return '<hex>';
  return '<num>';
}

/** The first 64 bits of SHA-256 as 16 hexadecimal digits: the same in every pod and every version. */
export function fingerprintOf(template: string): string {
  return hash('sha256', template).slice(0, 16);
}
