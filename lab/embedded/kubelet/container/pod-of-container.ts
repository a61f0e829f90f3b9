/** What a container asks of the pod it belongs to: interface only. */
import type { Sandbox } from '../pod/sandbox.ts';

export interface PodOfContainer {
  readonly sandbox: Sandbox;
  /** The container's status is another one. */
  changed(): void;
}
