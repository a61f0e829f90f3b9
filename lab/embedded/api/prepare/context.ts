/** What preparing an object for the store may need to know of the rest of the cluster. */
import type { ApiOptions } from '../api-options.ts';
import type { Store } from '../store.ts';
import type { ServicePorts } from './service-ports.ts';
import type { ServiceAddresses } from './service-addresses.ts';

export interface Context {
  store: Store;
  options: ApiOptions;
  addresses: ServiceAddresses;
  ports: ServicePorts;
  warn: (message: string) => void;
}
