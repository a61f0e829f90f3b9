/** What the embedded cluster's proxies cost: against HAProxy for Services and against nginx for the ingress. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { startDataPlane, type DataPlaneHandle } from '../embedded/network/control/start-data-plane.ts';
import type { DataPlaneStatus } from '../embedded/network/data-plane/protocol.ts';
import type { SocketAddress } from '../embedded/network/network.ts';
import { median, type Figure } from './figure.ts';
import { measureRate } from './proxy-client.ts';
import { startHaproxy, startNginx, type PeerResult } from './proxy-peers.ts';

const ROUNDS = 21;
const ROUND_MS = 400;
const CONNECTIONS = 32;
const START_TARGET_MS = 200;
const START_ROUNDS = 5;

interface Comparison {
  name: string;
  ours: SocketAddress;
  peer: SocketAddress;
  keepAlive: boolean;
  /** Least ratio of our rate to the peer's. */
  target: number;
}

/** Takes about a minute and a half. A peer that is not installed is left out, and `say` is told so. */
export async function benchProxy(say: (line: string) => void = console.error): Promise<Figure[]> {
  const target = fork(new URL('proxy-backend.ts', import.meta.url));
  const [port] = (await once(target, 'message')) as [number];
  const backend = { host: '127.0.0.1', port };
  const peers = { haproxy: await startHaproxy(backend), nginx: await startNginx(backend) };
  const dataPlane = startDataPlane();
  try {
    const { service, ingress } = await serve(dataPlane, backend);
    const comparisons = [
      ...compared('service', service, 'HAProxy (tcp)', peers.haproxy, [0.75, 0.65], say),
      ...compared('ingress', ingress, 'nginx', peers.nginx, [0.5, 0.5], say),
    ];
    const figures = [];
    for (const comparison of comparisons) figures.push(await compare(comparison, say));
    return [...figures, await startTime()];
  } finally {
    await dataPlane.close();
    for (const peer of Object.values(peers)) if (typeof peer !== 'string') await peer.stop();
    target.disconnect();
  }
}

/** One Service and one ingress, each with `backend` as its only endpoint. */
async function serve(
  dataPlane: DataPlaneHandle,
  backend: SocketAddress,
): Promise<{ service: SocketAddress; ingress: SocketAddress }> {
  const candidates = [{ host: '127.0.0.1', port: 0 }];
  const status = await dataPlane.apply({
    listeners: [
      { id: 'service', candidates, serves: { backend: 'b' } },
      { id: 'ingress', candidates, serves: 'ingress' },
    ],
    backends: { b: { endpoints: [{ id: 'one', ...backend }] } },
    routes: [{ host: '', path: '/', pathType: 'Prefix', backend: 'b', bodyLimit: 1024 ** 2, readTimeoutMs: 60_000 }],
  });
  return { service: boundAt(status, 'service'), ingress: boundAt(status, 'ingress') };
}

function boundAt({ bindings }: DataPlaneStatus, id: string): SocketAddress {
  const binding = bindings[id];
  if (!binding || 'error' in binding) throw new Error(`the data plane could not bind ${id}`);
  return binding;
}

/** With connections that are kept, and with one for each request; nothing when there is no such peer. */
function compared(
  what: string,
  ours: SocketAddress,
  peerName: string,
  peer: PeerResult,
  [keptTarget, freshTarget]: [number, number],
  say: (line: string) => void,
): Comparison[] {
  if (typeof peer === 'string') {
    say(`proxy: no comparison with ${peerName}: ${peer}`);
    return [];
  }
  const common = { ours, peer: peer.address };
  return [
    { ...common, name: `${what}: requests per second, to ${peerName}`, keepAlive: true, target: keptTarget },
    { ...common, name: `${what}: connections per second, to ${peerName}`, keepAlive: false, target: freshTarget },
  ];
}

/** In each round both are measured one after the other, and who goes first changes. The first round warms up. */
async function compare(
  { name, ours, peer, keepAlive, target }: Comparison,
  say: (line: string) => void,
): Promise<Figure> {
  const rate = (target: SocketAddress) =>
    measureRate({ target, keepAlive, connections: CONNECTIONS, durationMs: ROUND_MS });
  const rounds: { own: number; peer: number }[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    say(`proxy: ${name}: round ${round} of ${ROUNDS}`);
    const before = round % 2 === 0 ? await rate(peer) : undefined;
    const own = await rate(ours);
    rounds.push({ own, peer: before ?? (await rate(peer)) });
  }
  const measured = rounds.slice(1);
  const value = median(measured.map(({ own, peer }) => own / peer));
  const typical = (key: 'own' | 'peer') => Math.round(median(measured.map((round) => round[key])));
  const ratios = measured.map(({ own, peer }) => (own / peer).toFixed(2)).join(' ');
  const detail = `${typical('own')}/s to ${typical('peer')}/s; median of ${ratios}`;
  return { name, value, unit: '', target: `>= ${target}`, reached: value >= target, detail };
}

/** From the decision to start the process to its answer that everything is in place. */
async function startTime(): Promise<Figure> {
  const times: number[] = [];
  for (let round = 0; round < START_ROUNDS; round++) {
    const started = performance.now();
    const dataPlane = startDataPlane();
    await dataPlane.apply({ listeners: [], backends: {}, routes: [] });
    times.push(performance.now() - started);
    await dataPlane.close();
  }
  const value = median(times);
  return {
    name: 'data plane: start to first answer',
    value,
    unit: 'ms',
    target: `< ${START_TARGET_MS} ms`,
    reached: value < START_TARGET_MS,
    detail: `median of ${times.map((time) => Math.round(time)).join(' ')}`,
  };
}
