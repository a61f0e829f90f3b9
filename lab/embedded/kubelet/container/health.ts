/** The probes of one run of a container, and what they say of it. */
import type { Container, Probe } from 'kubernetes-types/core/v1.js';
import { runHandler } from '../probes/handler.ts';
import { runProber, type ProbeKind } from '../probes/prober.ts';
import type { ProbeTarget } from '../probes/target.ts';

export interface HealthOptions {
  container: Container;
  target: ProbeTarget;
  /** Whether the run is being ended: it may then be not ready, but must not be unhealthy. */
  isStopping: () => boolean;
  changed: () => void;
  /** A failure that counts; `message` is that of the event. */
  failed: (message: string) => void;
  /** The startup or liveness probe has given the container up. */
  gaveUp: (kind: ProbeKind, probe: Probe) => void;
  signal: AbortSignal;
}

export class Health {
  started = false;
  ready = false;
  readonly #options: HealthOptions;

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  /** Begins to probe. Readiness and liveness have to wait until the startup probe has succeeded. */
  begin(): void {
    const { startupProbe } = this.#options.container;
    if (startupProbe) this.#probe('startup', startupProbe);
    else this.#hasStarted();
  }

  #hasStarted(): void {
    const { readinessProbe, livenessProbe } = this.#options.container;
    this.started = true;
    this.ready = readinessProbe === undefined;
    this.#options.changed();
    if (readinessProbe) this.#probe('readiness', readinessProbe);
    if (livenessProbe) this.#probe('liveness', livenessProbe);
  }

  #probe(kind: ProbeKind, probe: Probe): void {
    const { target, signal, failed, isStopping } = this.#options;
    const ignored = (): boolean => isStopping() && kind !== 'readiness';
    void runProber({
      kind,
      probe,
      signal,
      attempt: (timeoutMs) => runHandler(probe, target, timeoutMs),
      failed: (message) => !ignored() && failed(`${kind[0]!.toUpperCase()}${kind.slice(1)} probe failed: ${message}`),
      verdict: (healthy) => !ignored() && this.#decide(kind, healthy, probe),
    });
  }

  #decide(kind: ProbeKind, healthy: boolean, probe: Probe): void {
    if (kind === 'readiness') {
      if (this.ready === healthy) return;
      this.ready = healthy;
      this.#options.changed();
    } else if (!healthy) {
      this.#options.gaveUp(kind, probe);
    } else if (kind === 'startup') {
      this.#hasStarted();
    }
  }
}
