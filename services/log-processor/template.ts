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

/** What is masked, in one expression (case is ignored) with a group for each of MASKS. */
export const VARIABLE = [QUOTED, UUID, TIME, IP, HEX, NUMBER].map(({ source }) => `(${source})`).join('|');
export const MASKS = ['<str>', '<uuid>', '<time>', '<ip>', '<hex>', '<num>'];

const VARIABLE_HERE = new RegExp(VARIABLE, 'iy');

const MAY_BEGIN = asciiTable(/["'`\d:a-f+-]/i);
const WORD = asciiTable(/\w/);
const LETTER = asciiTable(/[a-z]/i);
const DIGIT = asciiTable(/\d/);
/** After digits these may make something else of them: 10.0.0.1, 12:30:00, 2026-01-31, 5e6f7a8b. */
const AFTER_MORE_THAN_A_NUMBER = asciiTable(/[\w.:-]/);

/**
 * Every match of VARIABLE is replaced by its mask. At most 500 characters; what a longer message has beyond them does not
 * tell it from others. The expression is not let loose on the whole message, which takes two and a half times as long: it
 * would try every kind at every character, while few characters can begin one, and most of those begin a plain number.
 */
export function templateOf(message: string): string {
  let template = '';
  let copied = 0;
  let index = 0;
  while (index < message.length && template.length < LONGEST_TEMPLATE) {
    if (!mayBegin(message, index)) {
      index++;
      continue;
    }
    let end = endOfPlainNumber(message, index);
    let mask = '<num>';
    if (end === index) {
      VARIABLE_HERE.lastIndex = index;
      const match = VARIABLE_HERE.exec(message);
      if (match !== null) {
        end += match[0].length;
        mask = MASKS[match.indexOf(match[0], 1) - 1]!;
      }
    }
    if (end === index) {
      index++;
      continue;
    }
    template += message.slice(copied, index) + mask;
    index = end;
    copied = end;
  }
  return (template + message.slice(copied)).slice(0, LONGEST_TEMPLATE).toWellFormed();
}

/** Inside of a word only digits can begin anything. */
function mayBegin(message: string, index: number): boolean {
  const code = message.charCodeAt(index);
  return isIn(MAY_BEGIN, code) && !(isIn(LETTER, code) && isIn(WORD, message.charCodeAt(index - 1)));
}

/** The index itself when there is none. */
function endOfPlainNumber(message: string, index: number): number {
  let end = index;
  while (isIn(DIGIT, message.charCodeAt(end))) end++;
  return isIn(AFTER_MORE_THAN_A_NUMBER, message.charCodeAt(end)) ? index : end;
}

/** 1 for each ASCII character that matches. */
function asciiTable(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) => Number(pattern.test(String.fromCharCode(code))));
}

/** @param code NaN where a message has ended */
function isIn(table: Uint8Array, code: number): boolean {
  return code < 128 && table[code] === 1;
}

/** The first 64 bits of SHA-256 as 16 hexadecimal digits: the same in every pod and every version. */
export function fingerprintOf(template: string): string {
  return hash('sha256', template).slice(0, 16);
}
