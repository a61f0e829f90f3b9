/** The drivers by name. Each is loaded only when it is used. */
import type { LoadSpec } from './load.ts';
import type { Recorder } from './recorder.ts';

/** Runs a load to its end, or until the signal aborts it: then at once, leaving open rows for the recorder to close. */
export type Drive = (spec: LoadSpec, recorder: Recorder, signal: AbortSignal) => Promise<void>;

export const DRIVES: Record<LoadSpec['driver'], () => Promise<Drive>> = {
  autocannon: async () => (await import('./autocannon.ts')).driveAutocannon,
  'constant-rate': async () => (await import('./constant-rate.ts')).driveConstantRate,
};
