/**
 * What the types of the API and their fields are for, in Kubernetes' words: the comments in the declarations of the
 * kubernetes-types package, which are generated from Kubernetes' OpenAPI document.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface TypeDescription {
  description: string;
  /** By field. */
  fields: ReadonlyMap<string, string>;
}

const DECLARATION =
  /\/\*\*(?<comment>(?:(?!\*\/)[^])*)\*\/\s*(?:export (?:interface|type) (?<type>\w+)|(?:readonly )?"?(?<field>[\w$-]+)"?\??:)/g;

/** Descriptions by type. `module` is like `apps/v1`. Throws when the package has no such module. */
export function readDescriptions(module: string): ReadonlyMap<string, TypeDescription> {
  const file = fileURLToPath(import.meta.resolve(`kubernetes-types/${module}.d.ts`));
  return parseDeclarations(readFileSync(file, 'utf8'));
}

function parseDeclarations(text: string): ReadonlyMap<string, TypeDescription> {
  const types = new Map<string, TypeDescription>();
  let fields = new Map<string, string>();
  for (const { groups } of text.matchAll(DECLARATION)) {
    const { comment, type, field } = groups as { comment: string; type?: string; field?: string };
    if (field !== undefined) fields.set(field, plain(comment));
    if (type === undefined) continue;
    fields = new Map();
    types.set(type, { description: plain(comment), fields });
  }
  return types;
}

/** The comment without the asterisks of its lines. */
function plain(comment: string): string {
  return comment.replaceAll(/^\s*\* ?/gm, '').trim();
}
