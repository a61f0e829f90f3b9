/** Registers the node, keeps its status posted and its Lease renewed. */
import type { Node } from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../../api/client.ts';
import { isReason } from '../../api/errors.ts';
import type { Stored } from '../../api/types.ts';
import { tolerateRefusal } from '../tolerate-refusal.ts';
import { newNode, nodeLabels, nodeStatus, type NodeFacts } from './node-object.ts';

const LEASE_NAMESPACE = 'kube-node-lease';
/** The kubelet renews its Lease four times while it is valid. */
const RENEWALS_PER_LEASE = 4;
/** The kubelet's nodeStatusReportFrequency: how often the status is posted although nothing has changed. */
const REPORT_INTERVAL_MS = 5 * 60 * 1000;

/** Brings the Node object up to date, making it if there is none. What others have set on it (taints, labels) stays. */
export function postNode(client: ApiClient, facts: NodeFacts): Stored<Node> {
  const { name } = facts.node;
  const existing = client.find('nodes', undefined, name) ?? client.create('nodes', newNode(facts));
  const labels = { ...existing.metadata.labels, ...nodeLabels(facts.node) };
  const labelled = client.update('nodes', { ...existing, metadata: { ...existing.metadata, labels } });
  const status = nodeStatus(facts, labelled.status);
  return client.update('nodes', { ...labelled, status }, { subresource: 'status' });
}

/**
 * Renews the Lease now and then as often as the settings say, and posts the node again when it is missing or has been
 * marked as not ready, until the signal aborts.
 */
export function keepNodeAlive(client: ApiClient, facts: NodeFacts, signal: AbortSignal): void {
  const frequencySeconds = facts.settings.timing.nodeStatusUpdateFrequencySeconds;
  let postedMs = performance.now();
  const beat = (): void => {
    const node = client.find('nodes', undefined, facts.node.name);
    const isDue = performance.now() - postedMs >= REPORT_INTERVAL_MS;
    if (isDue || !node || !isReady(node)) {
      postNode(client, facts);
      postedMs = performance.now();
    }
    renewLease(client, facts.node.name, frequencySeconds * RENEWALS_PER_LEASE);
  };
  const tolerantBeat = (): void => tolerateRefusal(`heartbeat of node ${facts.node.name}`, beat);
  tolerantBeat();
  const timer = setInterval(tolerantBeat, frequencySeconds * 1000);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}

function isReady({ status }: Stored<Node>): boolean {
  return status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

function renewLease(client: ApiClient, name: string, durationSeconds: number): void {
  // metav1.MicroTime; the clock gives milliseconds.
  const renewTime = new Date().toISOString().replace('Z', '000Z');
  const lease = client.find('leases', LEASE_NAMESPACE, name);
  if (lease) {
    client.update('leases', { ...lease, spec: { ...lease.spec, renewTime } });
    return;
  }
  const owner = client.find('nodes', undefined, name);
  ensureNamespace(client, LEASE_NAMESPACE);
  client.create('leases', {
    metadata: {
      name,
      namespace: LEASE_NAMESPACE,
      ...(owner && { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: owner.metadata.uid }] }),
    },
    spec: { holderIdentity: name, leaseDurationSeconds: Math.ceil(durationSeconds), renewTime },
  });
}

function ensureNamespace(client: ApiClient, name: string): void {
  if (client.find('namespaces', undefined, name)) return;
  try {
    client.create('namespaces', { metadata: { name } });
  } catch (error) {
    if (!isReason(error, 'AlreadyExists')) throw error;
  }
}
