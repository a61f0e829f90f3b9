import { fail, ok, type ClusterCheck } from '../check.ts';

const HTTP_PORT = 80;

export const ingressClass: ClusterCheck = {
  name: 'ingress class',
  providers: ['embedded', 'vagrant'],
  async run(cluster, file) {
    const names = (await cluster.list('networking.k8s.io/v1', 'IngressClass')).map(({ metadata }) => metadata.name);
    return names.includes(file.network.ingressClass)
      ? ok(file.network.ingressClass)
      : fail(
          `no class ${file.network.ingressClass}; there are ${names.join(', ') || 'none'}`,
          'make network.ingressClass in provision/cluster.yaml the name of a class that is there',
        );
  },
};

/** Without the certificate of its jobs the webhook answers nothing, and every Ingress is refused. */
export const ingressAdmission: ClusterCheck = {
  name: 'ingress admission',
  providers: ['vagrant'],
  async run(cluster) {
    const kind = 'ValidatingWebhookConfiguration';
    const configuration = await cluster.find({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind,
      name: 'ingress-nginx-admission',
    });
    const fix =
      'kubectl -n ingress-nginx delete job ingress-nginx-admission-create ingress-nginx-admission-patch; then npm run lab:up -- --provider vagrant';
    if (configuration === undefined) return fail('the webhook is not registered', fix);
    const webhooks = (configuration['webhooks'] ?? []) as { clientConfig?: { caBundle?: string } }[];
    return webhooks.every(({ clientConfig }) => clientConfig?.caBundle !== undefined)
      ? ok('the webhook has its certificate')
      : fail('the webhook has no certificate: its jobs did not finish', fix);
  },
};

export const ingressAddress: ClusterCheck = {
  name: 'ingress address answers',
  providers: ['vagrant'],
  async run(_cluster, file, host) {
    const { ingressAddress: address } = file.network;
    return (await host.accepts(address, HTTP_PORT))
      ? ok(`${address}:${HTTP_PORT}`)
      : fail(
          `nobody answers at ${address}:${HTTP_PORT} from this machine`,
          'see the checks above; if all is well there, a VPN or proxy takes the packets: look at the routes',
        );
  },
};
