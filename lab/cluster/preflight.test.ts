import t from 'tap';
import type { KubeObject } from './objects.ts';
import { judgeFacts, type ClusterFacts, type WantedClasses } from './preflight.ts';

const WANTED: WantedClasses = { ingressClass: 'nginx', storageClass: undefined };

function object(name: string, rest: object = {}, annotations: Record<string, string> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Any', metadata: { name, namespace: 'any', annotations }, spec: {}, ...rest };
}

const node = (name: string) => object(name, { status: { conditions: [{ type: 'Ready', status: 'True' }] } });

const COMPLETE: ClusterFacts = {
  version: 'v1.37.2',
  nodes: [node('w1'), node('w2')],
  storageClasses: [object('local-path', {}, { 'storageclass.kubernetes.io/is-default-class': 'true' })],
  ingressClasses: [object('nginx')],
  loadBalancers: [object('web', { status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } } })],
  denied: [],
  deniedToDrain: [],
  podSecurity: true,
};

const verdicts = (facts: Partial<ClusterFacts>, wanted = WANTED) =>
  Object.fromEntries(judgeFacts({ ...COMPLETE, ...facts }, wanted).map((finding) => [finding.check, finding]));

void t.test('a cluster that has everything', async (t) => {
  const findings = Object.values(verdicts({}));
  t.equal(findings.length, 7);
  t.ok(findings.every(({ verdict, fix }) => verdict === 'ok' && fix === ''));
});

void t.test('everything that is wrong is told at once, each with its way out', async (t) => {
  const findings = verdicts({
    version: 'v1.29.3',
    nodes: [node('w1')],
    storageClasses: [object('standard')],
    ingressClasses: [object('traefik')],
    loadBalancers: [object('web', { status: { loadBalancer: {} } })],
    denied: ['create secrets', 'list nodes'],
    podSecurity: false,
  });
  t.match(findings, {
    version: { verdict: 'missing', fix: /1\.30 or newer/ },
    permissions: { verdict: 'missing', detail: /create secrets, list nodes/ },
    nodes: { verdict: 'reduced', detail: 'only w1 takes pods' },
    storage: { verdict: 'missing', fix: /--storage-class, or: kubectl annotate storageclass standard/ },
    ingress: { verdict: 'reduced', detail: 'no class nginx, but traefik', fix: /^--ingress-class traefik/ },
    'load balancer': { verdict: 'reduced', fix: /node ports/ },
    'pod security': { verdict: 'reduced', detail: 'levels are not enforced' },
  });
});

void t.test('a class that is named must be there, and need not be the default', async (t) => {
  const storageClasses = [object('fast'), object('slow')];
  const named = (storageClass: string) => verdicts({ storageClasses }, { ...WANTED, storageClass })['storage'];
  t.match(named('slow'), { verdict: 'ok', detail: 'class slow' });
  t.match(named('slwo'), { verdict: 'missing', fix: /takes one of fast, slow/ });
  t.match(verdicts({ storageClasses: [] })['storage'], { verdict: 'missing', detail: /no StorageClass/ });
});

void t.test('what only some scenarios need does not stop the lab', async (t) => {
  t.match(verdicts({ deniedToDrain: ['patch nodes'] })['permissions'], { verdict: 'reduced', fix: /drain a node/ });
  t.match(verdicts({ nodes: [] })['nodes'], { verdict: 'missing' });
  t.match(verdicts({ podSecurity: undefined })['pod security'], { verdict: 'reduced', detail: /not known/ });
});
