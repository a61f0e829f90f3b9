/** The data plane: all listeners, brought in line with one configuration after the other. */
import { HttpListener } from './ingress/http-listener.ts';
import { Backend } from './backend.ts';
import type { Binding, DataPlaneConfig, DataPlaneStatus, EndpointCounts, ListenerConfig } from './protocol.ts';
import { TcpListener } from './tcp-listener.ts';

export class DataPlane {
  readonly #backends = new Map<string, Backend>();
  readonly #tcp = new Map<string, { listener: TcpListener; backend: string; candidates: string }>();
  #http: { listener: HttpListener; id: string } | undefined;
  readonly #bindings = new Map<string, Binding>();

  /** Configurations must be applied one at a time. */
  async apply(config: DataPlaneConfig): Promise<void> {
    this.#updateBackends(config);
    await this.#removeListeners(config.listeners);
    await Promise.all(
      config.listeners.map(async (wanted) => {
        const binding =
          wanted.serves === 'ingress'
            ? await this.#updateHttp(wanted, config)
            : await this.#updateTcp(wanted, wanted.serves.backend);
        this.#bindings.set(wanted.id, binding);
      }),
    );
  }

  status(): DataPlaneStatus {
    const backends = [...this.#backends].map(([key, backend]) => [key, countsOf(backend)] as const);
    return { bindings: Object.fromEntries(this.#bindings), backends: Object.fromEntries(backends) };
  }

  async close(): Promise<void> {
    await this.#removeListeners([]);
  }

  #updateBackends({ backends }: DataPlaneConfig): void {
    for (const key of this.#backends.keys()) if (!backends[key]) this.#backends.delete(key);
    for (const [key, config] of Object.entries(backends)) this.#backend(key).update(config);
  }

  #backend(key: string): Backend {
    const backend = this.#backends.get(key) ?? new Backend();
    this.#backends.set(key, backend);
    return backend;
  }

  /** A listener that changes its place or its backend is another one: it goes, and comes again. */
  async #removeListeners(wanted: ListenerConfig[]): Promise<void> {
    const kept = new Map(wanted.map((listener) => [listener.id, listener]));
    for (const [id, { listener, backend, candidates }] of this.#tcp) {
      const config = kept.get(id);
      const same =
        config?.serves !== 'ingress' &&
        config?.serves.backend === backend &&
        JSON.stringify(config.candidates) === candidates;
      if (same) continue;
      this.#tcp.delete(id);
      this.#bindings.delete(id);
      await listener.close();
    }
    if (this.#http && kept.get(this.#http.id)?.serves !== 'ingress') {
      this.#bindings.delete(this.#http.id);
      await this.#http.listener.close();
      this.#http = undefined;
    }
  }

  #updateTcp({ id, candidates }: ListenerConfig, backend: string): Promise<Binding> {
    const known = this.#tcp.get(id);
    const listener = known?.listener ?? new TcpListener(candidates, this.#backend(backend));
    if (!known) this.#tcp.set(id, { listener, backend, candidates: JSON.stringify(candidates) });
    return listener.update();
  }

  #updateHttp({ id, candidates }: ListenerConfig, { routes }: DataPlaneConfig): Promise<Binding> {
    this.#http ??= { listener: new HttpListener(candidates, this.#backends), id };
    return this.#http.listener.update(routes);
  }
}

function countsOf({ endpoints }: Backend): Record<string, EndpointCounts> {
  return Object.fromEntries(endpoints.map(({ id, counts }) => [id, { ...counts }]));
}
