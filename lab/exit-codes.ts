/** Exit codes of the command line, and the errors that lead to them. */

export const EXIT = {
  pass: 0,
  fail: 1,
  unknown: 2,
  /** The lab or the cluster failed. */
  lab: 3,
  /** Bad usage or input (EX_USAGE of sysexits.h). */
  usage: 64,
  /** Ended by Ctrl-C: 128 + SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What the user asked for cannot be understood or is wrong; nothing was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The lab or the cluster did not do what it should; the message says what to look at. */
export class LabError extends Error {
  override readonly name = 'LabError';
}

/** Ended by the user. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}
