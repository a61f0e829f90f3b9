/** Manifests whose images come from a registry. Pure. */
import { nameInRegistry } from '../images/names.ts';
import type { Manifest } from './manifests.ts';
import type { KubeObject } from './objects.ts';

/** The lab's own images get the names that they have in the registry; nothing else changes. */
export function withImagesFrom(registry: string, manifests: readonly Manifest[]): Manifest[] {
  return manifests.map((manifest) => ({ ...manifest, object: renamed(manifest.object, registry) as KubeObject }));
}

/** In a pod, a Deployment, a Job or a CronJob: wherever there are containers. */
function renamed(value: unknown, registry: string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, registry));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      key === 'image' && typeof field === 'string' ? nameInRegistry(field, registry) : renamed(field, registry),
    ]),
  );
}
