/** The options that say which cluster a command is about: the same for all commands. */
import { parseRegistry } from '../images/names.ts';
import type { Provider } from '../providers/provider.ts';
import { providerNamed } from '../providers/registry.ts';

export const PROVIDER_OPTIONS = {
  provider: { type: 'string', default: 'embedded' },
  kubeconfig: { type: 'string' },
  context: { type: 'string' },
  'node-stop': { type: 'string' },
  'node-start': { type: 'string' },
  'timing-profile': { type: 'string' },
  'storage-class': { type: 'string' },
  'ingress-class': { type: 'string' },
  registry: { type: 'string' },
} as const;

export const PROVIDER_USAGE =
  "[--provider embedded|kubeconfig|kind|vagrant] [--kubeconfig FILE] [--context NAME] [--node-stop 'COMMAND {node}' --node-start 'COMMAND {node}'] [--timing-profile NAME] [--storage-class NAME] [--ingress-class NAME] [--registry HOST/PATH]";

type Values = { provider: string } & {
  [name in Exclude<keyof typeof PROVIDER_OPTIONS, 'provider'>]?: string | undefined;
};

/** Throws UsageError for a provider that is not there or options that do not fit. */
export function providerFrom(values: Values): Provider {
  const { kubeconfig, context, registry } = values;
  return providerNamed(values.provider, {
    kubeconfig,
    context,
    nodeStop: values['node-stop'],
    nodeStart: values['node-start'],
    timingProfile: values['timing-profile'],
    storageClass: values['storage-class'],
    ingressClass: values['ingress-class'],
    registry: registry === undefined ? undefined : parseRegistry(registry),
  });
}
