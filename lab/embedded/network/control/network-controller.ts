/**
 * The control loop of the network: whatever changes among Services, endpoints, Ingresses and nodes, the data plane is told
 * all it has to do, and the API what came of it.
 */
import type { ApiClient } from '../../api/client.ts';
import { watch, type Controller, type Watch } from '../../controllers/runtime.ts';
import type { DataPlaneConfig, DataPlaneStatus, ListenerConfig } from '../data-plane/protocol.ts';
import type { Translations } from '../translations.ts';
import { Announcer } from './announcer.ts';
import { viewCluster, type ClusterView } from './cluster-view.ts';
import { desiredConfig } from './desired.ts';
import { INGRESS_PORT, INGRESS_SERVICE } from './ingress-controller.ts';
import { unsupportedIn } from './ingress-routes.ts';
import { LoadBalancerAddresses, type Assignment } from './load-balancer-addresses.ts';
import { publishIngress } from './publish-ingress.ts';
import { publishLoadBalancer, serviceNotes } from './publish-service.ts';

/** A port that another program held may have become free. */
const RETRY_SECONDS = 5;
const KEY = 'network';

export interface NetworkControllerOptions {
  client: ApiClient;
  dataPlane: { apply(config: DataPlaneConfig): Promise<DataPlaneStatus> };
  translations: Translations;
  loadBalancerPool: readonly string[];
  ingressClass: string;
  /** Fires when the data plane has lost its configuration. */
  dataPlaneRestarts: Watch;
}

export function networkController(options: NetworkControllerOptions): Controller {
  const { client, dataPlane, translations } = options;
  const addresses = new LoadBalancerAddresses(options.loadBalancerPool, INGRESS_SERVICE);
  const serviceEvents = new Announcer(client, 'service-proxy');
  const ingressEvents = new Announcer(client, 'nginx-ingress-controller');
  const moved = new Set<string>();

  const publish = (
    view: ClusterView,
    given: Map<string, Assignment>,
    config: DataPlaneConfig,
    status: DataPlaneStatus,
  ) => {
    translate(config.listeners, status, translations, moved);
    for (const found of view.services) {
      // It may have changed, or gone, while the data plane was at work; a change brings the next round.
      const service = client.find('services', found.metadata.namespace, found.metadata.name);
      if (service?.metadata.resourceVersion !== found.metadata.resourceVersion) continue;
      const assignment = given.get(service.metadata.uid);
      publishLoadBalancer(client, service, assignment?.address, status.bindings);
      const own = ownListeners(service, assignment?.address, config.listeners);
      serviceEvents.announce(service, serviceNotes(service, assignment, own, status.bindings));
    }
    for (const found of view.ingresses) {
      const ingress = client.find('ingresses', found.metadata.namespace, found.metadata.name);
      if (ingress?.metadata.resourceVersion !== found.metadata.resourceVersion) continue;
      publishIngress(client, ingress, status.bindings[`${options.loadBalancerPool[0]}:${INGRESS_PORT}`]);
      const notes = unsupportedIn(ingress).map((message) => ({
        type: 'Warning' as const,
        reason: 'NotSupported',
        message,
      }));
      ingressEvents.announce(ingress, notes);
    }
    serviceEvents.keepOnly(new Set(view.services.map(({ metadata }) => metadata.uid)));
    ingressEvents.keepOnly(new Set(view.ingresses.map(({ metadata }) => metadata.uid)));
  };

  return {
    name: 'network',
    watches: [
      watch('services', () => [KEY]),
      watch('endpointslices', () => [KEY]),
      watch('ingresses', () => [KEY]),
      watch('ingressclasses', () => [KEY]),
      watch('nodes', () => [KEY]),
      options.dataPlaneRestarts,
    ],
    async reconcile() {
      const view = viewCluster(client, options.ingressClass);
      const given = addresses.assign(view.services.filter(wantsLoadBalancer));
      const addressOf = ({ metadata }: { metadata: { uid: string } }) => given.get(metadata.uid)?.address;
      const config = desiredConfig(view, addressOf, translations.resolve);
      const status = await dataPlane.apply(config);
      publish(view, given, config, status);
      return Object.values(status.bindings).some((binding) => 'error' in binding) ? RETRY_SECONDS : undefined;
    },
  };
}

function wantsLoadBalancer({ spec, metadata }: ClusterView['services'][number]): boolean {
  return spec?.type === 'LoadBalancer' && spec.loadBalancerClass === undefined && !metadata.deletionTimestamp;
}

/** Those that listen on addresses of the Service itself; nodePorts are told apart by their number. */
function ownListeners(
  { spec }: ClusterView['services'][number],
  loadBalancerIP: string | undefined,
  listeners: readonly ListenerConfig[],
): ListenerConfig[] {
  const nodePorts = new Set((spec?.ports ?? []).flatMap(({ nodePort }) => (nodePort ? [String(nodePort)] : [])));
  return listeners.filter(({ id }) => {
    const [address, port = ''] = id.split(':');
    return address === spec?.clusterIP || address === loadBalancerIP || nodePorts.has(port);
  });
}

/** Keeps the translations of Services in line with where their listeners are. `moved` are those that were noted before. */
function translate(
  listeners: readonly ListenerConfig[],
  { bindings }: DataPlaneStatus,
  translations: Translations,
  moved: Set<string>,
): void {
  const gone = new Set(moved);
  for (const { id } of listeners) {
    const place = bindings[id];
    if (!place || 'error' in place) continue;
    const [address, port] = splitAddress(id);
    translations.set(address, port, place);
    moved.add(id);
    gone.delete(id);
  }
  for (const id of gone) {
    translations.delete(...splitAddress(id));
    moved.delete(id);
  }
}

function splitAddress(id: string): [address: string, port: number] {
  const [address = '', port] = id.split(':');
  return [address, Number(port)];
}
