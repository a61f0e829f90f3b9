/** What the lab needs of its cluster beyond the API of Kubernetes, under `/lab/v1`. */
import { resourceOf } from '../resources.ts';
import { notFound } from '../status-errors.ts';
import { methodNotAllowed, sendJson, successStatus } from './exchange.ts';
import type { Exchange } from './exchange.ts';

export interface LabHooks {
  /** What `/lab/v1/status` answers, as JSON. */
  status(): unknown;
  /** Stops the cluster. Called after the request that asks for it was answered. */
  shutdown(): void | Promise<void>;
}

interface Operation {
  method: 'GET' | 'POST';
  /** What is answered. */
  run: () => unknown;
}

/** False when the path is none of the lab's. */
export async function serveLabHooks(exchange: Exchange, hooks: LabHooks | undefined): Promise<boolean> {
  const operation = powerOperation(exchange) ?? (hooks && hookOperation(exchange, hooks));
  if (operation === undefined) return false;
  if (exchange.request.method !== operation.method) throw methodNotAllowed();
  sendJson(exchange.response, 200, await operation.run());
  return true;
}

function hookOperation({ path, response }: Exchange, hooks: LabHooks): Operation | undefined {
  if (path === '/lab/v1/status') return { method: 'GET', run: () => hooks.status() };
  if (path !== '/lab/v1/shutdown') return undefined;
  const run = (): object => {
    response.once('finish', () => void hooks.shutdown());
    return successStatus();
  };
  return { method: 'POST', run };
}

/** Power is off when power-off has been answered; the node has booted when power-on has. */
function powerOperation({ path, agents }: Exchange): Operation | undefined {
  const [, name, action] = /^\/lab\/v1\/nodes\/([^/]+)\/(power-off|power-on)$/.exec(path) ?? [];
  if (name === undefined) return undefined;
  const run = async (): Promise<object> => {
    const agent = agents().get(name);
    if (agent === undefined) throw notFound(resourceOf('nodes'), name);
    if (action === 'power-off') agent.powerOff();
    else await agent.powerOn();
    return successStatus();
  };
  return { method: 'POST', run };
}
