import t from 'tap';
import { type ProbeKind, runProber } from './prober.ts';

/** Probes something that succeeds from its n-th try on; answers how long it took to be noticed. */
async function timeToNotice(kind: ProbeKind, succeedsAt: number): Promise<{ ms: number; failures: number }> {
  const controller = new AbortController();
  const startedAt = performance.now();
  let tries = 0;
  let failures = 0;
  await runProber({
    kind,
    probe: { periodSeconds: 1, failureThreshold: 100 },
    attempt: () => Promise.resolve({ ok: ++tries >= succeedsAt, message: 'not yet' }),
    verdict: (healthy) => healthy && controller.abort(),
    failed: () => (failures += 1),
    signal: controller.signal,
  });
  return { ms: performance.now() - startedAt, failures };
}

void t.test('a container that becomes ready after the first period is noticed between two periods', async (t) => {
  // The 15th try: at the probe's own period alone it would come after 5 s.
  const { ms, failures } = await timeToNotice('readiness', 15);
  t.ok(ms < 3000, `noticed after ${Math.round(ms)} ms`);
  t.equal(failures, 1, 'only what is tried at the period counts');
});

void t.test('a liveness probe keeps to its period', async (t) => {
  const { ms } = await timeToNotice('liveness', 2);
  t.ok(ms >= 1900, `noticed after ${Math.round(ms)} ms`);
});
