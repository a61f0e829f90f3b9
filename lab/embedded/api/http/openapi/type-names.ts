/** Full names and descriptions of the API's types. */
import type { GroupVersionKind } from '../discovery/catalog.ts';
import { readDescriptions } from './descriptions.ts';
import type { TypeDescription } from './descriptions.ts';

const META = 'meta/v1';
const CORE = 'core/v1';

const modules = new Map<string, ReadonlyMap<string, TypeDescription>>();

/** The module that a kind and the types of its group are in, e.g. `networking/v1`. */
export function moduleOf({ group, version }: Pick<GroupVersionKind, 'group' | 'version'>): string {
  return group === '' ? CORE : `${group.split('.')[0]}/${version}`;
}

/** Where `type`, used in `home`, is at home itself: there, or in what all groups share. */
function homeOf(type: string, home: string): string {
  return [home, CORE, META].find((module) => descriptionsOf(module).has(type)) ?? home;
}

export interface NamedType {
  /** E.g. `io.k8s.api.apps.v1.Deployment`. */
  fullName: string;
  module: string;
  /** Undefined for a type that is newer than the descriptions. */
  description: TypeDescription | undefined;
}

/** `type` as it is used in a type of `home`. */
export function namedType(type: string, home: string): NamedType {
  const module = homeOf(type, home);
  const root = module === META ? 'io.k8s.apimachinery.pkg.apis' : 'io.k8s.api';
  const fullName = `${root}.${module.replace('/', '.')}.${type}`;
  return { fullName, module, description: descriptionsOf(module).get(type) };
}

function descriptionsOf(module: string): ReadonlyMap<string, TypeDescription> {
  const known = modules.get(module);
  if (known !== undefined) return known;
  const read = readDescriptions(module);
  modules.set(module, read);
  return read;
}
