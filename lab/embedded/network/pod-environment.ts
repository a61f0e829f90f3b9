/**
 * What a pod's environment says about its network. preload.ts acts on it inside Node; a program in another language
 * finds in LAB_POD_PORTS where to listen and in LAB_TRANSLATIONS what to connect to.
 */
import type { SocketAddress } from './network.ts';

export interface PodNetworkFacts {
  podIP: string;
  /** Where ports that the pod does not declare are bound. */
  bindHost: string;
  ports: ReadonlyMap<number, SocketAddress>;
  dns: SocketAddress;
  namespace: string;
  clusterDomain: string;
  translationsPath: string;
}

export function podEnvironment(facts: PodNetworkFacts): Record<string, string> {
  const { namespace, clusterDomain } = facts;
  return {
    LAB_POD_IP: facts.podIP,
    LAB_POD_BIND: facts.bindHost,
    /** `8080=127.20.1.5:8080,9090=127.20.1.5:40123` */
    LAB_POD_PORTS: [...facts.ports].map(([port, real]) => `${port}=${real.host}:${real.port}`).join(','),
    LAB_DNS: `${facts.dns.host}:${facts.dns.port}`,
    LAB_DNS_SEARCH: `${namespace}.svc.${clusterDomain} svc.${clusterDomain} ${clusterDomain}`,
    LAB_TRANSLATIONS: facts.translationsPath,
  };
}
