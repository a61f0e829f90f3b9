/** The types of the API as OpenAPI schemas: their structure is the one that requests are decoded by. */
import { structOf } from '../../schema/schema.ts';
import type { FieldType } from '../../schema/schema.ts';
import type { GroupVersionKind } from '../discovery/catalog.ts';
import { moduleOf, namedType } from './type-names.ts';
import type { NamedType } from './type-names.ts';

export type Schema = Record<string, unknown>;

/** In what OpenAPI 2 and 3 differ. */
export interface Dialect {
  /** What stands before a type's name in a reference. */
  referencePrefix: string;
  /** A string or a number. */
  stringOr: (other: 'integer' | 'number') => Schema;
}

const SCALARS: Readonly<Record<string, Schema>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  integer: { type: 'integer' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  number: { type: 'number' },
  double: { type: 'number', format: 'double' },
  byte: { type: 'string', format: 'byte' },
  Time: { type: 'string', format: 'date-time' },
  MicroTime: { type: 'string', format: 'date-time' },
  object: { type: 'object' },
};

const FULL_NAMES = {
  IntOrString: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
  Quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
};

/** The schemas of these kinds and of all that they are made of, by full name. */
export function schemasOf(kinds: readonly GroupVersionKind[], dialect: Dialect): Record<string, Schema> {
  const builder = new SchemaBuilder(dialect);
  for (const kind of kinds) builder.addKind(kind);
  return builder.schemas;
}

class SchemaBuilder {
  readonly schemas: Record<string, Schema> = {};
  private readonly dialect: Dialect;

  constructor(dialect: Dialect) {
    this.dialect = dialect;
  }

  addKind(kind: GroupVersionKind): void {
    const name = this.add(kind.kind, moduleOf(kind));
    this.schemas[name] = { ...this.schemas[name], 'x-kubernetes-group-version-kind': [kind] };
  }

  /** Adds the type and those of its fields, and returns its full name. */
  private add(type: string, home: string): string {
    const named = namedType(type, home);
    if (this.schemas[named.fullName] !== undefined) return named.fullName;
    // In its place before its fields are: types may contain themselves.
    const schema: Schema = { type: 'object' };
    this.schemas[named.fullName] = schema;
    const struct = structOf(type);
    const fields = [...struct.fields];
    const required = fields.filter(([, field]) => field.required).map(([name]) => name);
    Object.assign(schema, {
      ...(named.description && { description: named.description.description }),
      properties: Object.fromEntries(fields.map(([name, field]) => [name, this.property(name, field, named)])),
      ...(required.length > 0 && { required }),
      ...(struct.atomic && { 'x-kubernetes-map-type': 'atomic' }),
    });
    return named.fullName;
  }

  private property(name: string, field: FieldType, owner: NamedType): Schema {
    const description = owner.description?.fields.get(name);
    return { ...(description !== undefined && { description }), ...this.shape(field, owner), ...mergeHints(field) };
  }

  private shape(field: FieldType, owner: NamedType): Schema {
    const element = this.element(field, owner);
    if (field.shape === 'list') return { type: 'array', items: element };
    if (field.shape === 'map') return { type: 'object', additionalProperties: element };
    // A reference alone leaves no room for a description beside it.
    return '$ref' in element ? { allOf: [element] } : element;
  }

  /** Scalars that can be written in two ways have names of their own, which clients show. */
  private named(name: 'IntOrString' | 'Quantity'): Schema {
    const { stringOr, referencePrefix } = this.dialect;
    const schema = name === 'Quantity' ? stringOr('number') : { ...stringOr('integer'), format: 'int-or-string' };
    const fullName = FULL_NAMES[name];
    this.schemas[fullName] = schema;
    return { $ref: referencePrefix + fullName };
  }

  private element({ name, struct }: FieldType, owner: NamedType): Schema {
    if (struct !== undefined) return { $ref: this.dialect.referencePrefix + this.add(name, owner.module) };
    if (name === 'IntOrString' || name === 'Quantity') return this.named(name);
    const scalar = SCALARS[name];
    if (scalar === undefined) throw new Error(`no OpenAPI schema for the type ${name}`);
    return scalar;
  }
}

/** What clients need to know to merge lists and maps themselves. */
function mergeHints({ shape, keys, set, atomic, mergeKey, retainKeys }: FieldType): Schema {
  const strategies = [...(mergeKey === undefined ? [] : ['merge']), ...(retainKeys ? ['retainKeys'] : [])];
  return {
    ...(shape === 'list' && { 'x-kubernetes-list-type': keys.length > 0 ? 'map' : set ? 'set' : 'atomic' }),
    ...(keys.length > 0 && { 'x-kubernetes-list-map-keys': keys }),
    ...(shape !== 'list' && atomic && { 'x-kubernetes-map-type': 'atomic' }),
    ...(strategies.length > 0 && { 'x-kubernetes-patch-strategy': strategies.join(',') }),
    ...(mergeKey && { 'x-kubernetes-patch-merge-key': mergeKey }),
  };
}
