/** EndpointSlice: the addresses behind each Service that selects pods. */
import type { EndpointSlice } from 'kubernetes-types/discovery/v1.js';
import type { ApiClient } from '../../api/client.ts';
import { matchLabelSelector } from '../../api/selectors/labels.ts';
import type { Stored } from '../../api/types.ts';
import { equal } from '../../api/values.ts';
import { keyOf, splitKey, watch } from '../runtime.ts';
import type { Controller } from '../runtime.ts';
import { controllerReference } from '../shared/owners.ts';
import { isHeadless, portGroups } from './endpoints.ts';
import type { PortGroup, StoredService } from './endpoints.ts';

const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
const MANAGED_BY_LABEL = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslice-controller.k8s.io';
const HEADLESS_LABEL = 'service.kubernetes.io/headless';
const ZONE_LABEL = 'topology.kubernetes.io/zone';
const MAX_ENDPOINTS_PER_SLICE = 100;

type StoredSlice = Stored<EndpointSlice>;

export function endpointSliceController(client: ApiClient): Controller {
  return {
    name: 'endpointslice',
    watches: [
      watch('services', (service) => [keyOf(service)]),
      watch('pods', (pod) => {
        const services = client.list('services', { namespace: pod.metadata.namespace });
        return services.filter((service) => isSelected(service, pod.metadata.labels)).map(keyOf);
      }),
      watch('endpointslices', ({ metadata }) => {
        const service = metadata.labels?.[SERVICE_NAME_LABEL];
        return service === undefined ? [] : [`${metadata.namespace}/${service}`];
      }),
    ],
    reconcile(key) {
      const service = client.find('services', ...splitKey(key));
      // Slices of a Service that is gone go with it: they are owned by it.
      if (!service || service.metadata.deletionTimestamp !== undefined) return undefined;
      if (!service.spec?.selector || service.spec.type === 'ExternalName') return undefined;
      const pods = client
        .list('pods', { namespace: service.metadata.namespace })
        .filter((pod) => isSelected(service, pod.metadata.labels));
      const zoneOf = (node: string): string | undefined =>
        client.find('nodes', undefined, node)?.metadata.labels?.[ZONE_LABEL];
      writeSlices(client, service, portGroups(service, pods, zoneOf));
      return undefined;
    },
  };
}

function isSelected(service: StoredService, labels: Record<string, string> | undefined): boolean {
  const { selector } = service.spec ?? {};
  return selector !== undefined && matchLabelSelector({ matchLabels: selector })(labels);
}

/** Reuses slices that have the right ports, so that an endpoint's change is one small update to those who watch. */
function writeSlices(client: ApiClient, service: StoredService, groups: PortGroup[]): void {
  const unused = new Set(slicesOf(client, service));
  // A Service without any endpoint keeps one empty slice, which says that it was looked at.
  const wanted = groups.length > 0 ? groups.flatMap(chunk) : [{ ports: [], endpoints: [] }];
  for (const { ports, endpoints } of wanted) {
    const existing = [...unused].find((slice) => equal(slice.ports ?? [], ports)) ?? [...unused][0];
    if (existing) unused.delete(existing);
    const labels = labelsOf(service);
    if (existing) {
      const metadata = { ...existing.metadata, labels };
      client.update('endpointslices', { ...existing, metadata, ports, endpoints });
    } else {
      client.create('endpointslices', newSlice(service, { ports, endpoints }));
    }
  }
  for (const slice of unused) client.delete('endpointslices', slice.metadata.namespace, slice.metadata.name);
}

function slicesOf(client: ApiClient, service: StoredService): StoredSlice[] {
  const { namespace, name } = service.metadata;
  const labelSelector = `${SERVICE_NAME_LABEL}=${name},${MANAGED_BY_LABEL}=${MANAGER}`;
  return client
    .list('endpointslices', { namespace, labelSelector })
    .filter((slice) => slice.metadata.deletionTimestamp === undefined);
}

function chunk({ ports, endpoints }: PortGroup): PortGroup[] {
  const chunks: PortGroup[] = [];
  for (let start = 0; start < endpoints.length; start += MAX_ENDPOINTS_PER_SLICE) {
    chunks.push({ ports, endpoints: endpoints.slice(start, start + MAX_ENDPOINTS_PER_SLICE) });
  }
  return chunks;
}

function newSlice(service: StoredService, { ports, endpoints }: PortGroup): EndpointSlice {
  const { namespace, name } = service.metadata;
  return {
    metadata: {
      namespace: namespace!,
      generateName: `${name}-`,
      labels: labelsOf(service),
      ownerReferences: [controllerReference(service)],
    },
    addressType: 'IPv4',
    ports,
    endpoints,
  };
}

function labelsOf(service: StoredService): Record<string, string> {
  return {
    ...service.metadata.labels,
    [SERVICE_NAME_LABEL]: service.metadata.name,
    [MANAGED_BY_LABEL]: MANAGER,
    ...(isHeadless(service) && { [HEADLESS_LABEL]: '' }),
  };
}
