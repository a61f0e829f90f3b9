/** Cordons, drains, taints. Each is undone again, also when the case fails. */
import { group } from '../case.ts';
import { withoutWidthsAndAges } from '../normalise.ts';
import type { Session } from '../session.ts';
import { container, deployment, disruptionBudget, pod, server } from '../objects.ts';
import { conditions } from '../views.ts';

async function workers(s: Session): Promise<string[]> {
  const { body } = await s.list('nodes', { labelSelector: '!node-role.kubernetes.io/control-plane' });
  return body.items.map((node: any) => node.metadata.name);
}

async function withCordon<T>(s: Session, names: string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    for (const name of names) await s.patch('nodes', name, 'merge', { spec: { unschedulable: null } });
  }
}

const podSpec = {
  terminationGracePeriodSeconds: 5,
  containers: [container(server(), { readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 } })],
};

export const nodes = group(
  'nodes',
  {
    'a node': async (s) => {
      const [name] = await workers(s);
      const { body } = await s.get('nodes', name!);
      const { metadata, spec, status } = body;
      return {
        labels: Object.keys(metadata.labels).toSorted(),
        taints: spec.taints,
        conditions: conditions(body),
        capacity: Object.keys(status.capacity).toSorted(),
        allocatable: Object.keys(status.allocatable).toSorted(),
        addresses: status.addresses.map(({ type }: any) => type),
        nodeInfo: Object.keys(status.nodeInfo).toSorted(),
      };
    },
    'the control plane is tainted': async (s) => {
      const { body } = await s.list('nodes', { labelSelector: 'node-role.kubernetes.io/control-plane' });
      return body.items.map((node: any) => ({ name: node.metadata.name, taints: node.spec.taints }));
    },
    'a lease for each node': async (s) => {
      const { body } = await s.api.call('GET', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases');
      return body.items.map(({ metadata, spec }: any) => ({
        name: metadata.name,
        holder: spec.holderIdentity,
        seconds: spec.leaseDurationSeconds,
        owner: metadata.ownerReferences?.map(({ kind, name }: any) => `${kind} ${name}`),
      }));
    },
    'cordoned nodes take no pods': async (s) => {
      const names = await workers(s);
      return withCordon(s, names, async () => {
        const answers = [];
        for (const name of names) answers.push(await s.kubectl(`cordon ${name}`));
        const again = await s.kubectl(`cordon ${names[0]}`);
        const node = await s.object('nodes', names[0]!, ({ spec }) => spec.taints);
        await s.create('pods', pod('web'));
        const object = await s.object('pods', 'web', ({ status }) =>
          status.conditions?.some(({ reason }: any) => reason === 'Unschedulable'),
        );
        const table = (await s.kubectl(`get node ${names[0]} --no-headers`)).out?.[0]?.split(/ +/).slice(0, 3);
        const uncordon = await s.kubectl(`uncordon ${names[0]}`);
        await s.object('pods', 'web', ({ status }) => status.phase === 'Running');
        // The next case drains a node: it is to find no other pods.
        await s.delete('pods', 'web', { gracePeriodSeconds: 0 });
        return {
          answers,
          again,
          taints: node.spec.taints.map(({ key, effect }: any) => `${key} ${effect}`),
          waiting: object.status.conditions,
          table,
          uncordon,
        };
      });
    },
    'drain moves pods, as far as budgets allow': async (s) => {
      const [first, second] = await workers(s);
      await s.create('deployments', deployment('web', { replicas: 2, pod: podSpec }));
      await s.create('poddisruptionbudgets', disruptionBudget('web', 'web', { maxUnavailable: 1 }));
      await s.create('pods', pod('bare', { nodeName: first, ...podSpec }));
      await s.object('deployments', 'web', ({ status }) => status.availableReplicas === 2);
      return withCordon(s, [first!], async () => {
        const refused = await s.kubectl(`drain ${first} --ignore-daemonsets --pod-selector=x!=y --timeout=60s`);
        await s.object('pods', 'bare', ({ status }) => status.phase === 'Running');
        const forced = await s.kubectl(
          `drain ${first} --ignore-daemonsets --delete-emptydir-data --force --timeout=60s`,
        );
        const after = await s.object('deployments', 'web', ({ status }) => status.availableReplicas === 2);
        const pods = (await s.list('pods')).body.items;
        return {
          // Which pods it names depends on what else is on the node.
          refused: {
            exit: refused.exit,
            says: refused.err?.some((line) => line.includes('declare no controller (use --force to override)')),
          },
          forced: { exit: forced.exit, last: forced.out?.at(-1) },
          moved: pods.every(({ spec }: any) => spec.nodeName === second),
          available: after.status.availableReplicas,
        };
      });
    },
    'taints keep away, and drive away after their time': async (s) => {
      const [name] = await workers(s);
      const tolerating = (seconds?: number): object => ({
        nodeName: name,
        terminationGracePeriodSeconds: 5,
        tolerations: [
          {
            key: 'example.com/out',
            operator: 'Exists',
            effect: 'NoExecute',
            ...(seconds !== undefined && { tolerationSeconds: seconds }),
          },
        ],
      });
      await s.create('pods', pod('none', { nodeName: name }));
      await s.create('pods', pod('three', tolerating(3)));
      await s.create('pods', pod('always', tolerating()));
      await s.objects('pods', (items) => items.length === 3 && items.every(({ status }) => status.phase === 'Running'));
      const order: string[] = [];
      const at = new Map<string, number>();
      const { stop } = await s.follow('pods', {}, ({ object }) => {
        if (!object.metadata.deletionTimestamp || order.includes(object.metadata.name)) return;
        order.push(object.metadata.name);
        at.set(object.metadata.name, performance.now());
      });
      try {
        const tainted = await s.kubectl(`taint node ${name} example.com/out=yes:NoExecute`);
        await s.gone('pods', 'three');
        const seconds = (at.get('three')! - at.get('none')!) / 1000;
        const events = await s.objects('events', (items) =>
          items.some(({ reason }) => reason === 'TaintManagerEviction'),
        );
        return {
          tainted,
          order,
          threeSecondsLater: seconds > 1.5 && seconds < 7,
          left: (await s.list('pods')).body.items.map((item: any) => item.metadata.name),
          events: [
            ...new Set(events.filter(({ reason }) => reason === 'TaintManagerEviction').map(({ message }) => message)),
          ],
          removed: await s.kubectl(`taint node ${name} example.com/out-`),
        };
      } finally {
        stop();
        await s.kubectl(`taint node ${name} example.com/out-`);
      }
    },
    'kubectl describe node': async (s) => {
      const [name] = await workers(s);
      const { out } = await s.kubectl(`describe node ${name}`);
      return withoutWidthsAndAges(out!)
        .filter((line) => /^[A-Z][\w ]+:( |$)/.test(line))
        .map((line) => line.split(':')[0]);
    },
    'get nodes': async (s) =>
      withoutWidthsAndAges((await s.kubectl('get nodes')).out!).map((line) => line.replace(/ v1\.\S+/, ' <kubelet>')),
  },
  { exclusive: true, kubectl: true },
);
