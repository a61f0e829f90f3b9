/**
 * Faults on request, for experiments: a pod that crashes, hangs or is slow. The Kubernetes API cannot do this to a pod on
 * every cluster, so the pod does it to itself. Registered only where LAB_FAULTS is on: whoever reaches the pod can break it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Type, type Static } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { Problem } from './problem.ts';
import type { Identity } from './service-config.ts';
import type { TypeBoxProvider } from './validation.ts';

const PATH = '/lab/faults';
const LONGEST_MS = 600_000;
/** As a container reports that was killed with SIGKILL: 128 + 9. */
const KILLED = 137;

const FaultSchema = Type.Object(
  {
    crash: Type.Optional(Type.Literal(true)),
    pauseMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000 })),
    delayMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000 })),
    forMs: Type.Optional(Type.Integer({ minimum: 1, maximum: LONGEST_MS })),
  },
  { additionalProperties: false },
);

type FaultRequest = Static<typeof FaultSchema>;

/** What ends the process and what stops it; tests give others. */
export interface Body {
  crash(): void;
  pause(milliseconds: number): void;
}

const PROCESS: Body = {
  // No signal: process 1 of a container cannot kill itself with one.
  crash: () => process.exit(KILLED),
  // Blocks the event loop: nothing of this process answers, not even its health checks, while its connections stay open.
  pause: (milliseconds) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds),
};

/**
 * POST /lab/faults with one of `{crash: true}`, `{pauseMs}` or `{delayMs, forMs}` (0 ends a delay). The answer 202 comes before a
 * crash and after a pause, so that how long it took shows the pause. A delay holds up every answer but those of this endpoint,
 * health checks included, as a starved process would.
 */
export function addFaults(app: FastifyInstance, identity: Identity, body: Body = PROCESS): void {
  let delay = { milliseconds: 0, until: 0 };
  app.addHook('onRequest', async (request) => {
    if (delay.milliseconds === 0 || performance.now() > delay.until || request.routeOptions.url === PATH) return;
    await sleep(delay.milliseconds);
  });
  app.withTypeProvider<TypeBoxProvider>().post(PATH, { schema: { body: FaultSchema } }, (request, reply) => {
    const fault = request.body;
    requireOne(fault);
    if (fault.delayMs !== undefined) {
      delay = { milliseconds: fault.delayMs, until: performance.now() + (fault.forMs ?? LONGEST_MS) };
    }
    if (fault.pauseMs !== undefined) body.pause(fault.pauseMs);
    if (fault.crash) reply.raw.once('finish', () => body.crash());
    return reply.code(202).send({ ...identity, ...fault });
  });
}

function requireOne({ crash, pauseMs, delayMs, forMs }: FaultRequest): void {
  const given = [crash, pauseMs, delayMs].filter((part) => part !== undefined).length;
  if (given === 1 && (forMs === undefined || delayMs !== undefined)) return;
  throw new Problem({ status: 400, detail: 'Give one of crash, pauseMs or delayMs; forMs goes with delayMs only.' });
}
