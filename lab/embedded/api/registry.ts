/**
 * The way of every request through the embedded API: decode, default, record owners, prepare, validate, store. What is
 * particular to a kind is in the modules this one calls; this one holds the order, which is that of k8s.io/apiserver.
 */
import type { ApiOptions } from './api-options.ts';
import { boundPod } from './binding.ts';
import type { DeleteOptions, ListOptions, PatchType, WatchEvent, WatchOptions, WriteOptions } from './client.ts';
import type { Input } from './decoding.ts';
import { decodeInput } from './decoding.ts';
import { isDeletable, planDeletion } from './deletion.ts';
import { ApiError } from './errors.ts';
import { disruptedPod, needsNoBudget, spendBudget } from './eviction.ts';
import { fillNewMetadata, generateName, keepSystemMetadata } from './metadata.ts';
import { trackUpdate } from './patch/managed-fields.ts';
import { decodePatched, patchedInput } from './patching.ts';
import { checkDeletion, checkNamespace, checkVersion } from './preconditions.ts';
import type { Context } from './prepare/context.ts';
import { countGeneration, prepareCreate, prepareUpdate } from './prepare/prepare.ts';
import { ServiceAddresses } from './prepare/service-addresses.ts';
import { ServicePorts } from './prepare/service-ports.ts';
import type { ResourceInfo } from './resources.ts';
import { resourceOf } from './resources.ts';
import { applyScale } from './scale.ts';
import { parseFieldSelector } from './selectors/fields.ts';
import { parseLabelSelector } from './selectors/labels.ts';
import { alreadyExists, notFound } from './status-errors.ts';
import type { Store } from './store.ts';
import { keepOtherHalf } from './subresources.ts';
import type { KubeObject, Plural } from './types.ts';
import { validate } from './validation/validation.ts';
import { equal, freeze, share } from './values.ts';
import type { Selection } from './watch.ts';
import { watchSelection } from './watch.ts';

export class Registry {
  readonly store: Store;
  private readonly context: Omit<Context, 'warn'>;

  constructor(store: Store, options: ApiOptions) {
    this.store = store;
    const addresses = new ServiceAddresses(options.serviceCidr, store);
    const ports = new ServicePorts(store, options.nodePortFree ?? (() => true));
    this.context = { store, options, addresses, ports };
  }

  find(plural: Plural, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.store.find(plural, resourceOf(plural).namespaced ? namespace : undefined, name);
  }

  get(plural: Plural, namespace: string | undefined, name: string): KubeObject {
    const object = this.find(plural, namespace, name);
    if (object === undefined) throw notFound(resourceOf(plural), name);
    return object;
  }

  list(plural: Plural, options: ListOptions): KubeObject[] {
    return this.store.all(plural).filter(selection(resourceOf(plural), options));
  }

  watch(plural: Plural, options: WatchOptions, handler: (event: WatchEvent<KubeObject>) => void): () => void {
    return watchSelection(this.store, plural, selection(resourceOf(plural), options), options.resourceVersion, handler);
  }

  create(plural: Plural, input: Input, options: WriteOptions): KubeObject {
    const info = resourceOf(plural);
    const object = decodeInput(info, input, options);
    if (object.metadata.resourceVersion) {
      throw new ApiError('Unknown', 'resourceVersion should not be set on objects to be created');
    }
    trackUpdate(object, undefined, options);
    return this.insert(info, object, options);
  }

  update(plural: Plural, input: Input, options: WriteOptions): KubeObject {
    const info = resourceOf(plural);
    checkSubresource(info, options);
    if (options.subresource === 'scale') return this.rescale(info, input, options);
    const next = decodeInput(info, input, options);
    const current = this.get(plural, next.metadata.namespace, next.metadata.name);
    return this.replace(info, current, next, options);
  }

  patch(
    plural: Plural,
    namespace: string | undefined,
    name: string,
    patch: { type: PatchType; body: unknown },
    options: WriteOptions,
  ): KubeObject {
    const info = resourceOf(plural);
    checkSubresource(info, options);
    const current = this.find(plural, namespace, name);
    if (current === undefined && (patch.type !== 'apply' || options.subresource)) throw notFound(info, name);
    const next = patchedInput(info, current, { namespace, name }, patch, options);
    if (options.subresource === 'scale') return this.rescale(info, next, options);
    // Who owns what was settled when the configuration was merged.
    const tracked = patch.type === 'apply';
    const object = tracked ? decodeInput(info, next, options) : decodePatched(info, next, options);
    if (current === undefined) return this.insert(info, object, options);
    return this.replace(info, current, object, options, tracked);
  }

  delete(plural: Plural, namespace: string | undefined, name: string, options: DeleteOptions): KubeObject {
    const info = resourceOf(plural);
    const object = this.get(plural, namespace, name);
    checkDeletion(info, object, options.preconditions ?? {});
    const { marked, final } = planDeletion(plural, object, options);
    if (options.dryRun) return freeze(marked ?? object);
    if (final) return this.store.remove(plural, marked ?? object);
    return marked === undefined ? object : this.store.put(plural, marked);
  }

  deleteCollection(plural: Plural, selection: ListOptions, options: DeleteOptions): KubeObject[] {
    return this.list(plural, selection).map(({ metadata }) =>
      this.delete(plural, metadata.namespace, metadata.name, options),
    );
  }

  bind(namespace: string, name: string, nodeName: string): void {
    this.store.put('pods', boundPod(this.get('pods', namespace, name), nodeName));
  }

  evict(namespace: string, name: string, options: DeleteOptions): void {
    const pod = this.get('pods', namespace, name);
    checkDeletion(resourceOf('pods'), pod, options.preconditions ?? {});
    const budget = needsNoBudget(pod) ? undefined : spendBudget(pod, this.list('poddisruptionbudgets', { namespace }));
    if (options.dryRun) return;
    if (budget !== undefined) this.store.put('poddisruptionbudgets', budget);
    this.store.put('pods', disruptedPod(pod));
    this.delete('pods', namespace, name, { ...options, preconditions: undefined });
  }

  private insert(info: ResourceInfo, object: KubeObject, options: WriteOptions): KubeObject {
    fillNewMetadata(object);
    if (!object.metadata.name) object.metadata.name = this.freeName(info, object);
    checkNamespace(this.store, info, object);
    prepareCreate(info.plural, object, this.contextOf(options));
    validate(info, object, undefined);
    if (this.find(info.plural, object.metadata.namespace, object.metadata.name) !== undefined) {
      throw alreadyExists(info, object.metadata.name);
    }
    return options.dryRun ? freeze(object) : this.store.put(info.plural, object);
  }

  /** @param tracked whether `next` carries its managers already */
  private replace(
    info: ResourceInfo,
    current: KubeObject,
    decoded: KubeObject,
    options: WriteOptions,
    tracked = false,
  ): KubeObject {
    checkVersion(info, current, decoded.metadata);
    keepSystemMetadata(decoded, current);
    const next = keepOtherHalf(info, current, decoded, options.subresource);
    if (!tracked) trackUpdate(next, current, options);
    prepareUpdate(info.plural, next, current, this.contextOf(options));
    if (sameContent(current, next)) return current;
    countGeneration(info.plural, current, next, options.subresource);
    validate(info, next, current, options.subresource);
    if (options.dryRun) return freeze(share(current, next));
    const stored = this.store.put(info.plural, next);
    return isDeletable(info.plural, stored) ? this.store.remove(info.plural, stored) : stored;
  }

  /** @param input a Scale; its replicas become those of the object of that name */
  private rescale(info: ResourceInfo, input: Input, options: WriteOptions): KubeObject {
    const { namespace, name, uid, resourceVersion } = input.metadata as KubeObject['metadata'];
    const current = this.get(info.plural, namespace, name);
    checkVersion(info, current, { uid, resourceVersion });
    const next = decodeInput(info, applyScale(current, input as object), options);
    return this.replace(info, current, next, options);
  }

  private contextOf({ warn = () => {} }: WriteOptions): Context {
    return { ...this.context, warn };
  }

  private freeName(info: ResourceInfo, object: KubeObject): string {
    const { generateName: prefix, namespace } = object.metadata;
    if (!prefix) return '';
    let name = generateName(prefix);
    while (this.find(info.plural, namespace, name) !== undefined) name = generateName(prefix);
    return name;
  }
}

function selection(info: ResourceInfo, { namespace, labelSelector, fieldSelector }: ListOptions): Selection {
  const byLabels = parseLabelSelector(labelSelector);
  const byFields = parseFieldSelector(info, fieldSelector);
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    byLabels(object.metadata.labels) &&
    byFields(object);
}

function checkSubresource(info: ResourceInfo, { subresource }: WriteOptions): void {
  if (subresource === undefined || info.subresources.includes(subresource)) return;
  throw new ApiError('NotFound', 'the server could not find the requested resource');
}

/** Whether a write would change nothing but the time at which its manager wrote. */
function sameContent(current: KubeObject, next: KubeObject): boolean {
  return equal(withoutTimes(current), withoutTimes(next));
}

function withoutTimes(object: KubeObject): unknown {
  const managedFields = object.metadata.managedFields?.map((entry) => ({ ...entry, time: undefined }));
  return { ...object, metadata: { ...object.metadata, resourceVersion: undefined, managedFields } };
}
