/**
 * Log files in the format of the container runtime interface, one entry a line:
 * `2026-01-02T03:04:05.678901000Z stdout F text`. P in place of F marks a part of a longer line.
 */

export interface LogEntry {
  timestamp: string;
  /** Whether the line goes on in the next entry. */
  partial: boolean;
  text: string;
}

export type LogStream = 'stdout' | 'stderr';

/** RFC 3339 with nanoseconds; the clock gives microseconds. */
export function logTimestamp(epochMs: number = performance.timeOrigin + performance.now()): string {
  const wholeMs = Math.floor(epochMs);
  const microseconds = Math.floor((epochMs - wholeMs) * 1000);
  return `${new Date(wholeMs).toISOString().slice(0, -1)}${String(microseconds).padStart(3, '0')}000Z`;
}

/** Undefined for a line that was torn by a crash. */
export function parseEntry(line: string): LogEntry | undefined {
  const match = /^(\S+) (?:stdout|stderr) ([FP]) (.*)$/s.exec(line);
  return match ? { timestamp: match[1]!, partial: match[2] === 'P', text: match[3]! } : undefined;
}
