import t from 'tap';
import type { Cluster } from '../cluster/cluster.ts';
import { loadClusterFile } from '../providers/cluster-file.ts';
import type { ClusterCheck, Finding } from './check.ts';
import { ingressAdmission, ingressClass } from './cluster/ingress.ts';
import { nodes } from './cluster/nodes.ts';
import { pool } from './cluster/pool.ts';
import { storage } from './cluster/storage.ts';
import { workloads } from './cluster/workloads.ts';
import { examineCluster } from './examine.ts';
import { recordedHost } from './testing.ts';

const file = await loadClusterFile();
const READY = { conditions: [{ type: 'Ready', status: 'True' }] };

type Objects = Record<string, object[]>;

/** Lists by kind; `find` answers the first of its kind. */
function clusterOf(objects: Objects): Cluster {
  return {
    list: async (_apiVersion: string, kind: string) => objects[kind] ?? [],
    find: async ({ kind }: { kind: string }) => objects[kind]?.[0],
  } as unknown as Cluster;
}

const node = (name: string, address: string, status: object = READY): object => ({
  metadata: { name },
  status: { ...status, addresses: [{ type: 'InternalIP', address }] },
});
const allNodes = file.nodes.map(({ name, address }) => node(name, address));
const pod = (status: object): object => ({ metadata: { name: 'a-pod' }, status });
const calico = workloads[0]!;

const CASES: [what: string, check: ClusterCheck, objects: Objects, state: Finding['state'], detail: RegExp][] = [
  ['all there', nodes, { Node: allNodes }, 'ok', /3 Ready/],
  ['one has not joined', nodes, { Node: allNodes.slice(0, 2) }, 'fail', /w2 has not joined/],
  [
    'the other network card',
    nodes,
    { Node: [allNodes[0]!, node('w1', '10.0.2.15'), allNodes[2]!] },
    'fail',
    /w1 has the address 10\.0\.2\.15/,
  ],
  [
    'one is away',
    nodes,
    { Node: [allNodes[0]!, allNodes[1]!, node('w2', '192.168.56.12', { conditions: [] })] },
    'fail',
    /w2 is not Ready/,
  ],
  ['pods are ready', calico, { Pod: [pod(READY), pod(READY)] }, 'ok', /2 ready/],
  ['no pods', calico, {}, 'fail', /no pods/],
  [
    'an image that cannot be pulled',
    calico,
    { Pod: [pod({ containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }] })] },
    'fail',
    /1 of 1 not ready: a-pod ImagePullBackOff/,
  ],
  ['no pool', pool, {}, 'fail', /no pool/],
  [
    'a pool that nobody announces',
    pool,
    { IPAddressPool: [{ spec: { addresses: [file.network.loadBalancerRange] } }] },
    'fail',
    /nobody answers/,
  ],
  ['a class that is no default', storage, { StorageClass: [{ metadata: { name: 'slow' } }] }, 'fail', /slow/],
  ['another ingress class', ingressClass, { IngressClass: [{ metadata: { name: 'traefik' } }] }, 'fail', /traefik/],
  [
    'a webhook without certificate',
    ingressAdmission,
    { ValidatingWebhookConfiguration: [{ metadata: {}, webhooks: [{ clientConfig: {} }] }] },
    'fail',
    /jobs did not finish/,
  ],
];

for (const [what, check, objects, state, detail] of CASES) {
  void t.test(`${check.name}: ${what}`, async (t) => {
    const finding = await check.run(clusterOf(objects), file, recordedHost());
    t.equal(finding.state, state, finding.detail);
    t.match(finding.detail, detail);
    t.equal(finding.fix !== undefined, state === 'fail');
  });
}

void t.test('a check that cannot be carried out hides no other', async (t) => {
  const broken = { list: async () => Promise.reject(new Error('forbidden')) } as unknown as Cluster;
  const findings = await examineCluster('embedded', broken, file, recordedHost());
  t.ok(findings.length > 1);
  t.ok(findings.every(({ state, detail }) => state === 'skipped' && /forbidden/.test(detail)));
});
