/** One of the two clusters that are compared. */
import { randomBytes } from 'node:crypto';
import { ApiClient } from './api-client.ts';
import type { Answer, Case } from './case.ts';
import { Kubectl } from './kubectl.ts';
import { normalise, type Names } from './normalise.ts';
import { Session } from './session.ts';
import { until } from './wait.ts';

/** Most characters of a namespace's name that come from the case's. */
const NAME_LENGTH = 40;

export class Side {
  readonly version: string;
  readonly #api: ApiClient;
  readonly #kubectl: Kubectl;
  readonly #nodes: Omit<Names, 'namespace'>;

  private constructor(api: ApiClient, kubectl: Kubectl, version: string, nodes: Omit<Names, 'namespace'>) {
    this.#api = api;
    this.#kubectl = kubectl;
    this.version = version;
    this.#nodes = nodes;
  }

  /** Once all nodes are ready. Throws when the API cannot be reached. */
  static async connect(kubeconfig: string): Promise<Side> {
    const api = new ApiClient(kubeconfig);
    const version = (await api.call('GET', '/version')).body.gitVersion as string;
    const nodes = await until('ready nodes', async () => {
      const items = (await api.call('GET', '/api/v1/nodes')).body.items as any[];
      return items.length > 0 && items.every(isReady) && items;
    });
    const isControlPlane = (node: any): boolean => 'node-role.kubernetes.io/control-plane' in node.metadata.labels;
    const nameOf = (node: any): string => node.metadata.name;
    return new Side(api, new Kubectl(kubeconfig), version, {
      controlPlane: nodes.filter(isControlPlane).map(nameOf),
      workers: nodes.filter((node) => !isControlPlane(node)).map(nameOf),
    });
  }

  /** Runs one case in a new namespace and answers the normalised answer. */
  async run(item: Case): Promise<Answer> {
    const namespace = await this.#createNamespace(item.name);
    try {
      const answer = await item.run(new Session(this.#api, this.#kubectl, namespace));
      return JSON.parse(JSON.stringify(normalise(answer, { ...this.#nodes, namespace })));
    } finally {
      // What is left in it goes in the background.
      await this.#api.call('DELETE', `/api/v1/namespaces/${namespace}`);
    }
  }

  close(): void {
    this.#api.close();
    this.#kubectl.close();
  }

  /** Pods can only be made once the namespace has its service account. */
  async #createNamespace(caseName: string): Promise<string> {
    const slug = caseName
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, NAME_LENGTH);
    const namespace = `${slug}-${randomBytes(4).toString('hex')}`;
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    const { code, body: answer } = await this.#api.call('POST', '/api/v1/namespaces', { body });
    if (code !== 201) throw new Error(`namespace ${namespace}: ${answer.message}`);
    const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
    await until(`the service account of ${namespace}`, async () => (await this.#api.call('GET', account)).code === 200);
    return namespace;
  }
}

function isReady(node: any): boolean {
  return node.status.conditions?.some((entry: any) => entry.type === 'Ready' && entry.status === 'True') ?? false;
}
