/** All faults, by the name a scenario gives them. */
import type { Fault } from './fault.ts';
import { deletePod } from './delete-pod.ts';
import { drain, uncordon } from './drain.ts';
import { startNode, stopNode } from './node-power.ts';
import { killContainer } from './kill-container.ts';
import { pausePod } from './pause-pod.ts';
import { restartDeployment } from './restart-deployment.ts';
import { scale } from './scale.ts';
import { setEnv } from './set-env.ts';
import { slowPod } from './slow-pod.ts';

export const FAULTS: Record<string, Fault<any>> = Object.fromEntries(
  [
    stopNode,
    startNode,
    drain,
    uncordon,
    deletePod,
    killContainer,
    pausePod,
    slowPod,
    restartDeployment,
    scale,
    setEnv,
  ].map((fault: Fault<any>) => [fault.kind, fault]),
);
