/** The ids of the logs that the harness sends: made from the operation, and read back from the database. */

/**
 * A UUID version 8 (RFC 9562, section 5.8) that holds the run (48 bits), the load (12 bits) and the operation's number
 * (60 bits), so that the audit finds a run's rows by range and tells which acknowledged operation is missing.
 */
export function logId(runHash: string, loadIndex: number, seq: number): string {
  const sequence = seq.toString(16).padStart(15, '0');
  const load = loadIndex.toString(16).padStart(3, '0');
  return `${runHash.slice(0, 8)}-${runHash.slice(8, 12)}-8${load}-8${sequence.slice(0, 3)}-${sequence.slice(3)}`;
}

const DIGITS = Buffer.from('0123456789abcdef');
/** Where the last digits of the number are in an id, and the first ones before a hyphen. */
const [LAST_DIGIT, HYPHEN, FIRST_DIGIT] = [35, 23, 20];

/** Puts another number into an id that logId made, and of which `text` holds the characters from `idAt` on. */
export function replaceSeq(text: Buffer, idAt: number, seq: number): void {
  let rest = seq;
  for (let digit = LAST_DIGIT; digit >= FIRST_DIGIT; digit--) {
    if (digit === HYPHEN) continue;
    text[idAt + digit] = DIGITS[rest % 16]!;
    rest = Math.floor(rest / 16);
  }
}

/** The parts of an id made by logId; undefined for any other UUID. */
export function parseLogId(id: string): { runHash: string; loadIndex: number; seq: number } | undefined {
  const match = /^([0-9a-f]{8})-([0-9a-f]{4})-8([0-9a-f]{3})-8([0-9a-f]{3})-([0-9a-f]{12})$/.exec(id);
  if (!match) return undefined;
  const [, high, low, load, seqHigh, seqLow] = match;
  return {
    runHash: `${high}${low}`,
    loadIndex: Number.parseInt(load!, 16),
    seq: Number.parseInt(`${seqHigh}${seqLow}`, 16),
  };
}

/** Smallest and largest id of a run. */
export function logIdRange(runHash: string): { first: string; last: string } {
  const prefix = `${runHash.slice(0, 8)}-${runHash.slice(8, 12)}`;
  return { first: `${prefix}-8000-8000-000000000000`, last: `${prefix}-8fff-8fff-ffffffffffff` };
}
