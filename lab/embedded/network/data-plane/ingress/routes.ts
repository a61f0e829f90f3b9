/** Which backend a request is for: host and path rules of all Ingresses, the most specific first. */
import type { IngressRoute } from '../protocol.ts';

/** Undefined when no rule matches. `host` may carry a port; `path` may carry a query. */
export type Router = (host: string, path: string) => IngressRoute | undefined;

/** Of two routes for the same host and path the first one given (the older Ingress) wins, as in ingress-nginx. */
export function createRouter(routes: readonly IngressRoute[]): Router {
  const byHost = new Map<string, IngressRoute[]>();
  for (const route of routes) byHost.set(route.host, [...(byHost.get(route.host) ?? []), route]);
  // Sorting is stable: routes that rank the same keep their order.
  for (const list of byHost.values()) list.sort(bySpecificity);

  return (hostWithPort, pathWithQuery) => {
    const host = hostWithPort.replace(/:\d*$/, '').toLowerCase();
    const query = pathWithQuery.indexOf('?');
    const path = query < 0 ? pathWithQuery : pathWithQuery.slice(0, query);
    for (const name of [host, wildcardOf(host), '']) {
      // A host that has rules of its own is served by them alone, as a virtual host is.
      const list = byHost.get(name);
      if (list) return list.find((route) => matches(route, path));
    }
    return undefined;
  };
}

/** A wildcard stands for exactly one label: `*.a.b` matches `x.a.b` but neither `a.b` nor `x.y.a.b`. */
function wildcardOf(host: string): string {
  return host.replace(/^[^.]+/, '*');
}

function bySpecificity(a: IngressRoute, b: IngressRoute): number {
  return b.path.length - a.path.length || Number(b.pathType === 'Exact') - Number(a.pathType === 'Exact');
}

/** Prefix matches element by element: `/foo` and `/foo/` match `/foo`, `/foo/` and `/foo/bar`, not `/foobar`. */
function matches({ path, pathType }: IngressRoute, requested: string): boolean {
  if (pathType === 'Exact') return requested === path;
  const prefix = path.replace(/\/$/, '');
  return requested.startsWith(prefix) && (requested.length === prefix.length || requested[prefix.length] === '/');
}
