/** TypeBox schemas as Fastify's validators: one schema gives the type of a request and its check. */
import type { Static, TSchema } from '@sinclair/typebox';
import { TypeCompiler, type ValueError, type ValueErrorIterator } from '@sinclair/typebox/compiler';
import type { FastifySchemaCompiler, FastifyTypeProvider } from 'fastify';
import { invalidFields, type FieldError } from './problem.ts';

/** Lets Fastify infer the type of a body or query from its TypeBox schema. */
export interface TypeBoxProvider extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

export const typeBoxCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = TypeCompiler.Compile(schema);
  return (input: unknown) => {
    const value = httpPart === 'querystring' ? fromQuery(schema, input as Record<string, unknown>) : input;
    return check.Check(value)
      ? { value }
      : { error: invalidFields(fieldErrors(check.Errors(value), httpPart ?? 'body')) };
  };
};

/** A query string carries text only: fills in defaults and turns digits into numbers where the schema wants a number. */
function fromQuery(schema: TSchema, query: Record<string, unknown>): Record<string, unknown> {
  const value = { ...query };
  for (const [name, property] of Object.entries(schema['properties'] as Record<string, TSchema>)) {
    value[name] ??= property['default'];
    if (property['type'] === 'integer' && /^\d+$/.test(String(value[name]))) value[name] = Number(value[name]);
  }
  return value;
}

/** One error for each field: TypeBox reports a missing field several times. */
export function fieldErrors(errors: ValueErrorIterator, whole: string): FieldError[] {
  const byField = new Map<string, string>();
  for (const error of errors) {
    const field = error.path.slice(1).replaceAll('/', '.') || whole;
    if (!byField.has(field)) byField.set(field, describe(error));
  }
  return [...byField].map(([field, message]) => ({ field, message }));
}

function describe({ message, value, schema }: ValueError): string {
  if (value === undefined) return 'required, but missing';
  if (message === 'Unexpected property') return 'unknown field';
  const text = typeof schema['errorMessage'] === 'string' ? schema['errorMessage'] : message;
  return text.charAt(0).toLowerCase() + text.slice(1);
}
