/** All providers, by name. */
import { UsageError } from '../exit-codes.ts';
import { didYouMean } from '../nearest.ts';
import { EmbeddedProvider } from './embedded.ts';
import { KindProvider } from './kind.ts';
import { KubeconfigProvider } from './kubeconfig.ts';
import type { Provider, ProviderOptions } from './provider.ts';
import { VagrantProvider } from './vagrant.ts';

const PROVIDERS: Record<string, (options: ProviderOptions) => Provider> = {
  embedded: () => new EmbeddedProvider(),
  kubeconfig: (options) => new KubeconfigProvider(options),
  kind: ({ registry, storageClass, ingressClass }) => new KindProvider({ registry, storageClass, ingressClass }),
  vagrant: () => new VagrantProvider(),
};

/** Options that providers other than kubeconfig take; it takes all. */
const MEANINGFUL: Record<string, readonly (keyof ProviderOptions)[]> = {
  kind: ['registry', 'storageClass', 'ingressClass'],
};

/** Throws UsageError for a name that is not there, and for options that the provider has no use for. */
export function providerNamed(name: string, options: ProviderOptions = {}): Provider {
  const make = PROVIDERS[name];
  if (make === undefined) {
    const known = Object.keys(PROVIDERS);
    throw new UsageError(`unknown provider "${name}"; there are ${known.join(', ')}${didYouMean(name, known)}`);
  }
  const given = Object.keys(options) as (keyof ProviderOptions)[];
  const useless = given.filter((key) => options[key] !== undefined && MEANINGFUL[name]?.includes(key) !== true);
  if (name !== 'kubeconfig' && useless.length > 0) {
    throw new UsageError(`--provider ${name} has no use for: ${useless.join(', ')}`);
  }
  return make(options);
}
