/** What the manifests promise about security, read from the manifests themselves: a cluster may not enforce all of it. */
import t from 'tap';
import { projectPath } from '../project.ts';
import { loadManifests } from './manifests.ts';
import { APP_LABEL, type KubeObject } from './objects.ts';

const objects = (await loadManifests(projectPath('manifests'))).map(({ object }) => object);
const ofKind = (...kinds: string[]) => objects.filter(({ kind }) => kinds.includes(kind));
const workloads = ofKind('Deployment', 'StatefulSet');
const labelsOf = (workload: KubeObject): Record<string, string> => workload.spec.template.metadata.labels;

interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Record<string, string>): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      if (operator !== 'In') throw new Error(`the test does not know the operator ${operator}`);
      return values.includes(labels[key] ?? '');
    })
  );
}

void t.test('the namespace enforces restricted, and every pod keeps to it', async (t) => {
  t.equal(ofKind('Namespace')[0]!.metadata.labels?.['pod-security.kubernetes.io/enforce'], 'restricted');
  t.equal(workloads.length, 4);
  for (const workload of workloads) {
    const { spec } = workload.spec.template;
    t.match(spec, {
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    for (const { image, securityContext } of spec.containers) {
      t.match(securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      t.match(image, /:[^:/]+$/, 'an image with a tag');
      t.notMatch(image, /:latest$/);
    }
  }
});

void t.test('what runs in several pods has a disruption budget', async (t) => {
  const [processor] = workloads.filter(({ metadata }) => metadata.name === 'log-processor');
  t.ok(ofKind('PodDisruptionBudget').some(({ spec }) => selects(spec.selector, labelsOf(processor!))));
});

void t.test('the policy lets those to the database that use it, and nobody else', async (t) => {
  const [database] = workloads.filter(({ metadata }) => metadata.name === 'postgres');
  const policies = ofKind('NetworkPolicy').filter(({ spec }) => selects(spec.podSelector, labelsOf(database!)));
  t.equal(policies.length, 1);
  const [rule, ...others] = policies[0]!.spec.ingress;
  t.same(others, []);
  t.same(policies[0]!.spec.policyTypes, ['Ingress']);
  const containerPorts = database!.spec.template.spec.containers[0].ports.map(({ name }: { name: string }) => name);
  t.same(
    rule.ports.map(({ port }: { port: string }) => port),
    containerPorts,
  );

  const admitted = workloads.filter((workload) =>
    rule.from.some(({ podSelector }: { podSelector: Selector }) => selects(podSelector, labelsOf(workload))),
  );
  const users = workloads.filter(({ spec }) =>
    spec.template.spec.containers[0].env?.some(({ name }: { name: string }) => name === 'PGHOST'),
  );
  const names = (list: KubeObject[]) =>
    list.map((workload) => labelsOf(workload)[APP_LABEL]!).toSorted((a, b) => a.localeCompare(b));
  t.same(names(admitted), names(users));
  t.same(names(users), ['log-processor', 'stats-display']);
});
