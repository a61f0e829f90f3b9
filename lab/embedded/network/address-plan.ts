/** How 127.BLOCK.0.0/16 is laid out, and how a lab finds a block that nobody uses. */
import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { errorCode, probeBind } from './bind.ts';
import { listeningSockets } from './listening-sockets.ts';
import type { AddressPlan } from './network.ts';

const FIRST_BLOCK = 16;
const LAST_BLOCK = 239;
/** Third bytes 1 to 90 are pod ranges, one for each node; 96 to 111 are Services. */
const MOST_NODES = 90;
const LOAD_BALANCER_ADDRESSES = 11;

/** Lays out 127.`block`.0.0/16 for `nodeCount` nodes. Throws RangeError when it cannot hold that many. */
export function addressPlan(block: number, nodeCount: number): AddressPlan {
  if (!Number.isInteger(block) || block < 0 || block > 255) throw new RangeError(`no such address block: ${block}`);
  if (nodeCount > MOST_NODES) throw new RangeError(`${nodeCount} nodes: at most ${MOST_NODES} have room in a block`);
  const within = (index: number): number => {
    if (index >= 0 && index < nodeCount) return index;
    throw new RangeError(`node ${index} of ${nodeCount}`);
  };
  return {
    apiServer: `127.${block}.0.1`,
    dns: `127.${block}.0.53`,
    node: (index) => `127.${block}.0.${10 + within(index)}`,
    podRange: (index) => {
      const prefix = `127.${block}.${within(index) + 1}.`;
      return { prefix, cidr: `${prefix}0/24` };
    },
    serviceCidr: `127.${block}.96.0/20`,
    // The last byte as in the VMs' pool, 192.168.56.240-250, so that notes and manifests read alike.
    loadBalancerPool: Array.from({ length: LOAD_BALANCER_ADDRESSES }, (_, i) => `127.${block}.200.${240 + i}`),
  };
}

export interface AddressBlock {
  block: number;
  /** Lets other labs take the block, unless something listens in it by then. */
  release: () => void;
}

/**
 * A random block (16 to 239) in which nothing listens. It stays claimed until this process ends, which
 * must not be before the lab's API server listens: from then on the block is seen to be in use.
 */
export async function chooseAddressBlock(): Promise<number> {
  return (await claimAddressBlock()).block;
}

/** As chooseAddressBlock, with a claim that can be given up. `pick` draws the next candidate. */
export async function claimAddressBlock(
  pick: () => number = () => randomInt(FIRST_BLOCK, LAST_BLOCK + 1),
): Promise<AddressBlock> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const block = pick();
    const claim = await claimBlock(block);
    if (!claim) continue;
    // Looked at only once the claim stands: two labs that look at the same time cannot both go on.
    if (!inUse(block) && (await canBind(block))) return { block, release: () => claim.close() };
    claim.close();
  }
  throw new Error('no free block of loopback addresses: something listens in every 127.BLOCK.0.0/16 that was tried');
}

/**
 * The claim is a listening socket that all labs agree on: exclusive, and gone with its process. A program that
 * listens on such a port on all addresses stands in everybody's way, so everybody goes on to the next port.
 */
async function claimBlock(block: number): Promise<Server | undefined> {
  for (const port of [47_101, 47_102, 47_103]) {
    const claim = await listen(`127.${block}.255.254`, port).catch((error: unknown) => errorCode(error));
    if (typeof claim !== 'string') return claim;
    // Only 127.0.0.1 exists here (macOS): addresses are names then, but two labs still should not share them.
    if (claim === 'EADDRNOTAVAIL') return listen('127.0.0.1', 47_200 + block).catch(() => undefined);
    if (claim === 'EADDRINUSE' && !listensEverywhere(port)) return undefined;
  }
  return undefined;
}

function listensEverywhere(port: number): boolean {
  return (listeningSockets() ?? []).some((socket) => socket.address === '*' && socket.port === port);
}

function inUse(block: number): boolean {
  const claim = `127.${block}.255.254`;
  return (listeningSockets() ?? []).some(({ address }) => address.startsWith(`127.${block}.`) && address !== claim);
}

/** False only if the address is refused for another reason than that it does not exist on this platform. */
async function canBind(block: number): Promise<boolean> {
  return probeBind(`127.${block}.0.1`, 0).then(
    () => true,
    (error: unknown) => errorCode(error) === 'EADDRNOTAVAIL',
  );
}

function listen(host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });
}
