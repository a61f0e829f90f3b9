/** The result of one try of a probe or hook. `message` is what Kubernetes would say about a failure. */
export interface Outcome {
  ok: boolean;
  message: string;
}

export function failure(message: string): Outcome {
  return { ok: false, message };
}

export const SUCCESS: Outcome = { ok: true, message: '' };
