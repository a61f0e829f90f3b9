/** All providers, by name. */
import { UsageError } from '../exit-codes.ts';
import { didYouMean } from '../nearest.ts';
import { EmbeddedProvider } from './embedded.ts';
import { KubeconfigProvider } from './kubeconfig.ts';
import type { Provider, ProviderOptions } from './provider.ts';
import { VagrantProvider } from './vagrant.ts';

const PROVIDERS: Record<string, (options: ProviderOptions) => Provider> = {
  embedded: () => new EmbeddedProvider(),
  kubeconfig: (options) => new KubeconfigProvider(options),
  vagrant: () => new VagrantProvider(),
};

/** Throws UsageError for a name that is not there. */
export function providerNamed(name: string, options: ProviderOptions = {}): Provider {
  const make = PROVIDERS[name];
  if (make === undefined) {
    const known = Object.keys(PROVIDERS);
    throw new UsageError(`unknown provider "${name}"; there are ${known.join(', ')}${didYouMean(name, known)}`);
  }
  const given = Object.keys(options).filter((key) => options[key as keyof ProviderOptions] !== undefined);
  if (name !== 'kubeconfig' && given.length > 0) {
    throw new UsageError(`${given.join(' and ')} only mean something with --provider kubeconfig`);
  }
  return make(options);
}
