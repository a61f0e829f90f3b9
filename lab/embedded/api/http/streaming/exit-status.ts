/** How a command ended, as the Status that exec's error channel carries. */
import { asApiError, successStatus } from '../exchange.ts';

/** `code` is the command's exit code. */
export function exitStatus(code: number): object {
  if (code === 0) return successStatus();
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

/** For a command that could not be run. */
export function failureStatus(error: unknown): object {
  return asApiError(error).toStatus();
}
