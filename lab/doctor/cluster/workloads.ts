/** Components that are there when their pods are: one check each. */
import type { Cluster } from '../../cluster/cluster.ts';
import { isConditionTrue, type KubeObject } from '../../cluster/objects.ts';
import { fail, ok, type ClusterCheck, type Finding } from '../check.ts';

interface Component {
  name: string;
  namespace: string;
  labelSelector: string;
  fix: string;
}

const AGAIN = 'npm run lab:up -- --provider vagrant installs what is missing';

const COMPONENTS: Component[] = [
  {
    name: 'Calico',
    namespace: 'kube-system',
    labelSelector: 'k8s-app=calico-node',
    fix: `${AGAIN}; if its log names a wrong address: IP_AUTODETECTION_METHOD must be kubernetes-internal-ip`,
  },
  {
    name: 'DNS',
    namespace: 'kube-system',
    labelSelector: 'k8s-app=kube-dns',
    fix: 'kubectl -n kube-system logs -l k8s-app=kube-dns; DNS needs Calico',
  },
  { name: 'MetalLB speakers', namespace: 'metallb-system', labelSelector: 'component=speaker', fix: AGAIN },
  {
    name: "MetalLB's controller and webhook",
    namespace: 'metallb-system',
    labelSelector: 'component=controller',
    fix: `${AGAIN}; while it is away address pools are refused`,
  },
  {
    name: 'ingress controller',
    namespace: 'ingress-nginx',
    labelSelector: 'app.kubernetes.io/component=controller',
    fix: `${AGAIN}; in ContainerCreating it waits for the certificate of its admission jobs`,
  },
  {
    name: 'storage provisioner',
    namespace: 'local-path-storage',
    labelSelector: 'app=local-path-provisioner',
    fix: AGAIN,
  },
];

export const workloads: ClusterCheck[] = COMPONENTS.map((component) => ({
  name: component.name,
  providers: ['vagrant'],
  run: async (cluster) => judge(component, await podsOf(cluster, component)),
}));

async function podsOf(cluster: Cluster, { namespace, labelSelector }: Component): Promise<KubeObject[]> {
  return cluster.list('v1', 'Pod', { namespace, labelSelector });
}

function judge({ namespace, fix }: Component, pods: readonly KubeObject[]): Finding {
  if (pods.length === 0) return fail(`no pods in ${namespace}`, fix);
  const waiting = pods.filter((pod) => !isConditionTrue(pod, 'Ready'));
  if (waiting.length === 0) return ok(`${pods.length} ready`);
  return fail(`${waiting.length} of ${pods.length} not ready: ${reasonOf(waiting[0]!)}`, fix);
}

/** Why the first container waits, as kubectl shows it; the pod's phase if none does. */
function reasonOf(pod: KubeObject): string {
  const statuses = (pod.status?.containerStatuses ?? []) as { state?: { waiting?: { reason?: string } } }[];
  const reason = statuses.map(({ state }) => state?.waiting?.reason).find((text) => text !== undefined);
  return `${pod.metadata.name} ${reason ?? String(pod.status?.phase ?? 'unknown')}`;
}
