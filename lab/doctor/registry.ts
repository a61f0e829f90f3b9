/** All checks, in the order in which their breakages come up. */
import type { ClusterCheck, HostCheck } from './check.ts';
import { ingressAddress, ingressAdmission, ingressClass } from './cluster/ingress.ts';
import { nodes, nodesOfAny } from './cluster/nodes.ts';
import { pool } from './cluster/pool.ts';
import { storage } from './cluster/storage.ts';
import { workloads } from './cluster/workloads.ts';
import { addresses } from './host/addresses.ts';
import { boxArchitecture } from './host/box.ts';
import { disk, memory } from './host/capacity.ts';
import { clock } from './host/clock.ts';
import { description } from './host/description.ts';
import { dhcp } from './host/dhcp.ts';
import { containerEngine, inotify, kindMemory, kindVersion } from './host/kind.ts';
import { networksConf } from './host/networks-conf.ts';
import { proxy } from './host/proxy.ts';
import { routes } from './host/routes.ts';
import { hypervisorVersion, vagrantVersion } from './host/versions.ts';
import { virtualisation } from './host/virtualisation.ts';
import { windows } from './host/windows.ts';

export const HOST_CHECKS: readonly HostCheck[] = [
  description,
  windows,
  virtualisation,
  vagrantVersion,
  hypervisorVersion,
  boxArchitecture,
  memory,
  disk,
  containerEngine,
  kindVersion,
  kindMemory,
  inotify,
  networksConf,
  dhcp,
  routes,
  addresses,
  proxy,
  clock,
];

export const CLUSTER_CHECKS: readonly ClusterCheck[] = [
  nodes,
  nodesOfAny,
  ...workloads,
  pool,
  storage,
  ingressClass,
  ingressAdmission,
  ingressAddress,
];
