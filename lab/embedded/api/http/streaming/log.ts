/** GET of a pod's log. */
import { pipeline } from 'node:stream/promises';
import type { LogOptions } from '../../../kubelet/node-agent.ts';
import { invalid } from '../../status-errors.ts';
import type { FieldError } from '../../status-errors.ts';
import type { Exchange } from '../exchange.ts';
import { queryFlag, queryInteger, queryText } from '../query.ts';
import type { ResourceRequest } from '../request-info.ts';
import { containerTarget } from './pod-target.ts';

export async function log(exchange: Exchange, request: ResourceRequest): Promise<void> {
  const { response, closing, query } = exchange;
  // Of a pod that is nowhere yet there is nothing to say.
  if (!exchange.client.get('pods', request.namespace, request.name!).spec.nodeName) {
    response.writeHead(204).end();
    return;
  }
  const { agent, namespace, name, container } = containerTarget(exchange, request);
  const options = parseLogOptions(query);
  checkLogOptions(name, options, query);
  const text = await agent.logs(namespace, name, { ...options, container });
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  // The first line of a followed log may be long in coming; the client wants to know that it is being followed.
  response.flushHeaders();
  try {
    await pipeline(text, response, { signal: closing });
  } catch {
    // Either side may end a followed log at any time, and only the end of the connection can tell the other one.
    response.destroy();
  }
}

/** Throws 400 for what is no number. */
function parseLogOptions(query: URLSearchParams): LogOptions {
  return {
    follow: queryFlag(query, 'follow'),
    previous: queryFlag(query, 'previous'),
    timestamps: queryFlag(query, 'timestamps'),
    tailLines: queryInteger(query, 'tailLines'),
    limitBytes: queryInteger(query, 'limitBytes'),
    sinceSeconds: queryInteger(query, 'sinceSeconds'),
    sinceTime: queryText(query, 'sinceTime'),
  };
}

/** Throws 422 Invalid where ValidatePodLogOptions does. */
function checkLogOptions(
  pod: string,
  { tailLines, limitBytes, sinceSeconds, sinceTime }: LogOptions,
  query: URLSearchParams,
): void {
  const stream = queryText(query, 'stream');
  const errors = [
    ...atLeast(0, 'tailLines', tailLines),
    ...atLeast(1, 'limitBytes', limitBytes),
    ...atLeast(1, 'sinceSeconds', sinceSeconds),
    ...refuseIf(
      sinceSeconds !== undefined && sinceTime !== undefined,
      'at most one of `sinceTime` or `sinceSeconds` may be specified',
    ),
    ...refuseIf(sinceTime !== undefined && Number.isNaN(Date.parse(sinceTime)), 'sinceTime must be an RFC 3339 time'),
    // Pods write both to one log.
    ...refuseIf(stream !== undefined && stream !== 'All', 'stream may only be "All"'),
  ];
  if (errors.length > 0) throw invalid({ plural: 'podlogoptions', kind: 'PodLogOptions', group: '' }, pod, errors);
}

function atLeast(least: number, field: string, value: number | undefined): FieldError[] {
  if (value === undefined || value >= least) return [];
  const bound = least === 0 ? 'or equal to 0' : String(least - 1);
  const message = `Invalid value: ${value}: must be greater than ${bound}`;
  return [{ field, reason: 'FieldValueInvalid', message }];
}

function refuseIf(wrong: boolean, why: string): FieldError[] {
  return wrong ? [{ field: '[]', reason: 'FieldValueForbidden', message: `Forbidden: ${why}` }] : [];
}
