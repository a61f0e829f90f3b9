import type { EventType } from '../../controllers/events.ts';

/** How the steps towards a container's start tell what holds it up. */
export interface Reporter {
  record: (type: EventType, reason: string, message: string) => void;
  /** Shows the container as waiting. */
  wait: (reason: string, message: string) => void;
}
