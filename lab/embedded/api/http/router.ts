/** From a request to whoever answers it. */
import { serveDiscovery } from './discovery/discovery.ts';
import { sendJson, sendText } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { serveLabHooks } from './lab-hooks.ts';
import type { LabHooks } from './lab-hooks.ts';
import { serveOpenApi } from './openapi/serve.ts';
import { parseResourcePath } from './request-info.ts';
import { handlerOf } from './resources/routes.ts';
import { serveReview } from './reviews.ts';
import { versionInfo } from './version-info.ts';

export interface Routes {
  /** Throws 401 Unauthorized. */
  authenticate: (request: Exchange['request']) => void;
  kubernetesVersion: string;
  labHooks: LabHooks | undefined;
}

const HEALTH = new Set(['/livez', '/readyz', '/healthz']);

/** Answers the request. Throws ApiError before anything is answered. */
export async function route(exchange: Exchange, routes: Routes): Promise<void> {
  if (servePublic(exchange, routes)) return;
  routes.authenticate(exchange.request);
  if (await serveResource(exchange)) return;
  if (await serveDiscovery(exchange)) return;
  if (await serveOpenApi(exchange, routes.kubernetesVersion)) return;
  if (await serveLabHooks(exchange, routes.labHooks)) return;
  sendText(exchange.response, 404, '404 page not found\n');
}

/** What anybody may ask. */
function servePublic({ path, response }: Exchange, { kubernetesVersion }: Routes): boolean {
  if (HEALTH.has(path)) sendText(response, 200, 'ok');
  else if (path === '/version') sendJson(response, 200, versionInfo(kubernetesVersion));
  else return false;
  return true;
}

async function serveResource(exchange: Exchange): Promise<boolean> {
  if (await serveReview(exchange)) return true;
  const target = parseResourcePath(exchange.path);
  if (target === undefined) return false;
  await handlerOf(exchange.request.method!, target)(exchange, target);
  return true;
}
