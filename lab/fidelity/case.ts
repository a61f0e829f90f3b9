/** What a case of the suite is: something that is done to a cluster, and the answer that comes of it. */
import type { Session } from './session.ts';

/** Plain JSON. The same on both clusters once normalised. */
export type Answer = unknown;

export interface Case {
  /** `group/what is asked`. Unique. */
  name: string;
  /** Needs the kubectl program. */
  kubectl: boolean;
  run(session: Session): Promise<Answer>;
}

export interface Group {
  name: string;
  cases: readonly Case[];
  /** Starts no pods and waits for nothing: quick enough for the unit tests. */
  quick: boolean;
  /** Changes nodes, so that nothing else may run meanwhile. */
  exclusive: boolean;
}

type Run = Case['run'];

export function group(
  name: string,
  cases: Record<string, Run>,
  options: { quick?: boolean; exclusive?: boolean; kubectl?: boolean } = {},
): Group {
  return {
    name,
    quick: options.quick ?? false,
    exclusive: options.exclusive ?? false,
    cases: Object.entries(cases).map(([title, run]) => ({
      name: `${name}/${title}`,
      kubectl: options.kubectl ?? false,
      run,
    })),
  };
}
