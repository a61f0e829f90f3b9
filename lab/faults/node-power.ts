/** Power loss of a worker, and its return. */
import { isConditionTrue } from '../cluster/objects.ts';
import { chooseWorker, describeNodeSelection } from './choose.ts';
import { type Fault, type FaultContext, openFault, type PlannedFault, UnsupportedFault } from './fault.ts';
import type { NodeSelection } from './schemas.ts';

async function look({ cluster }: FaultContext, node: string): Promise<{ ready: boolean; bootId: string }> {
  const object = await cluster.get({ apiVersion: 'v1', kind: 'Node', name: node });
  return { ready: isConditionTrue(object, 'Ready'), bootId: object.status?.nodeInfo?.bootID ?? '' };
}

function powerOf(context: FaultContext): NonNullable<FaultContext['nodePower']> {
  if (context.nodePower === undefined) throw new UnsupportedFault('this provider cannot stop a node');
  return context.nodePower;
}

export const stopNode: Fault<NodeSelection> = {
  kind: 'stop-node',
  describe: describeNodeSelection,
  async plan(selection, context): Promise<PlannedFault> {
    const power = powerOf(context);
    const node = (await chooseWorker(selection, context)).metadata.name;
    return {
      target: node,
      inject: () => power.stopNode(node),
      evidence: async () => ((await look(context, node)).ready ? undefined : `node ${node} is no longer Ready`),
      // A node that has power already does not mind; that it still is Ready says nothing, for a dead one may be for a while.
      heal: () => power.startNode(node),
    };
  },
};

export const startNode: Fault<{ stopped: true }> = {
  kind: 'start-node',
  describe: () => 'the stopped node',
  async plan(_options, context): Promise<PlannedFault> {
    const power = powerOf(context);
    const repairs = openFault('stop-node', context.earlier);
    const node = repairs.target;
    const before = await look(context, node);
    return {
      target: node,
      repairs,
      inject: () => power.startNode(node),
      evidence: async () => {
        const now = await look(context, node);
        // A loss of power that nobody has noticed yet leaves the node Ready: then only a new boot shows that it is back.
        const isBack = now.ready && (!before.ready || now.bootId !== before.bootId);
        return isBack ? `node ${node} is Ready${now.bootId === before.bootId ? '' : ' after a new boot'}` : undefined;
      },
      heal: null,
    };
  },
};
