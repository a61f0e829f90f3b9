/** Hands the cluster over to its users: the kubeconfig file. */
import { rename, rm, writeFile } from 'node:fs/promises';

export interface KubeconfigContent {
  /** Of the API server, e.g. `https://127.0.0.1:6443`. */
  url: string;
  caPem: string;
  token: string;
  /** Where kubectl works when it is given no namespace. */
  namespace: string;
  /** Also the name of the cluster and of the user. */
  contextName: string;
}

/**
 * Writes a kubeconfig, readable by its owner alone since it holds the token. It is put in place by a rename, so that
 * a reader never sees half of it.
 */
export async function writeKubeconfig(path: string, content: KubeconfigContent): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, `${JSON.stringify(kubeconfig(content), undefined, 2)}\n`, { mode: 0o600 });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** JSON is YAML, and every reader of kubeconfigs takes it. */
function kubeconfig({ url, caPem, token, namespace, contextName: name }: KubeconfigContent): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': Buffer.from(caPem).toString('base64') } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
  };
}
