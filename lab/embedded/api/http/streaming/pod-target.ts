/** Which container of which pod a streaming subresource is for, and the kubelet that runs it. */
import type { NodeAgent } from '../../../kubelet/node-agent.ts';
import { ApiError } from '../../errors.ts';
import { badRequest } from '../../status-errors.ts';
import type { KubeObject } from '../../types.ts';
import type { Exchange } from '../exchange.ts';
import { queryText } from '../query.ts';
import type { ResourceRequest } from '../request-info.ts';

export interface PodTarget {
  pod: KubeObject;
  agent: NodeAgent;
  namespace: string;
  name: string;
}

export interface ContainerTarget extends PodTarget {
  container: string;
}

/** Throws 404 for an unknown pod, 400 for one that has no node yet, 500 when its node cannot be reached. */
export function podTarget({ client, agents }: Exchange, { namespace, name }: ResourceRequest): PodTarget {
  const pod = client.get('pods', namespace, name!);
  const nodeName: string | undefined = pod.spec.nodeName;
  if (!nodeName) throw badRequest(`pod ${name} does not have a host assigned`);
  const agent = agents().get(nodeName);
  if (agent === undefined) throw new ApiError('InternalError', `error dialing backend: no kubelet on node ${nodeName}`);
  return { pod, agent, namespace: namespace!, name: name! };
}

/** Throws 400 also when the query names no container and there are several, or one that the pod does not have. */
export function containerTarget(exchange: Exchange, request: ResourceRequest): ContainerTarget {
  const target = podTarget(exchange, request);
  const { spec, metadata } = target.pod;
  const main = names(spec.containers);
  const wanted = queryText(exchange.query, 'container');
  if (wanted === undefined) {
    if (main.length === 1) return { ...target, container: main[0]! };
    const choices = `choose one of: [${main.join(' ')}]`;
    throw badRequest(`a container name must be specified for pod ${metadata.name}, ${choices}`);
  }
  if (![...main, ...names(spec.initContainers)].includes(wanted)) {
    throw badRequest(`container ${wanted} is not valid for pod ${metadata.name}`);
  }
  return { ...target, container: wanted };
}

function names(containers: readonly { name: string }[] = []): string[] {
  return containers.map(({ name }) => name);
}
