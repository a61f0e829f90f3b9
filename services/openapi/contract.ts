/** Reads the OpenAPI documents for the test that holds the services to them. */
import { readFileSync } from 'node:fs';
import ajvFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

type Json = Record<string, unknown>;

interface ResponseObject {
  headers?: Record<string, Json>;
  content: Record<string, unknown>;
}

interface Located<T> {
  value: T;
  /** URI of the document that holds it, and JSON pointer to it: what a schema's reference is made of. */
  document: string;
  pointer: string;
}

const METHODS = new Set(['get', 'put', 'post', 'delete', 'patch']);

/** One service's document, with what it refers to in common.yaml. */
export class Contract {
  readonly #name: string;
  readonly #documents = new Map<string, Json>();
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });

  /** @param service name of the service, and of its document */
  constructor(service: string) {
    this.#name = `${service}.yaml`;
    ajvFormats.default(this.#ajv);
    for (const name of [this.#name, 'common.yaml']) {
      const document = parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as Json;
      this.#documents.set(name, document);
      this.#ajv.addSchema({ ...document, $id: name });
    }
  }

  /** Such as `/logs`. */
  get paths(): string[] {
    return Object.keys(this.#documents.get(this.#name)!['paths'] as Json);
  }

  /** Such as `POST /logs 201`. */
  get responses(): string[] {
    return [...this.#locateResponses().keys()];
  }

  /** What about the response is not as documented; empty when all is well. */
  problemsOf(key: string, response: { headers: Headers; body: string }): string[] {
    const located = this.#locateResponses().get(key);
    if (!located) return [`${key} is not documented`];
    const contentType = response.headers.get('content-type')?.split(';')[0] ?? '';
    if (!(contentType in located.value.content)) return [`${key}: content type ${contentType} is not documented`];
    return [
      ...this.#headerProblems(located, response.headers),
      ...this.#bodyProblems(located, contentType, response.body),
    ];
  }

  #headerProblems(located: Located<ResponseObject>, headers: Headers): string[] {
    return Object.keys(located.value.headers ?? {}).flatMap((name) => {
      const header = this.#resolve(`${located.document}#${located.pointer}/headers/${escapePointer(name)}`);
      return this.#validate(`${header.document}#${header.pointer}/schema`, headers.get(name), `header ${name}`);
    });
  }

  #bodyProblems({ document, pointer }: Located<ResponseObject>, contentType: string, body: string): string[] {
    const value: unknown = contentType.endsWith('json') ? JSON.parse(body) : body;
    return this.#validate(`${document}#${pointer}/content/${escapePointer(contentType)}/schema`, value, 'body');
  }

  #validate(schema: string, value: unknown, what: string): string[] {
    const check = this.#ajv.getSchema(encodeURI(schema));
    if (!check) return [`${what}: no schema at ${schema}`];
    return check(value) ? [] : (check.errors ?? []).map((error) => `${what}${error.instancePath} ${error.message}`);
  }

  #locateResponses(): Map<string, Located<ResponseObject>> {
    const found = new Map<string, Located<ResponseObject>>();
    for (const path of this.paths) {
      const item = this.#resolve(`${this.#name}#/paths/${escapePointer(path)}`);
      for (const method of Object.keys(item.value as Json).filter((key) => METHODS.has(key))) {
        const where = `${item.document}#${item.pointer}/${method}/responses`;
        for (const status of Object.keys(this.#resolve(where).value as Json)) {
          const response = this.#resolve(`${where}/${status}`) as Located<ResponseObject>;
          found.set(`${method.toUpperCase()} ${path} ${status}`, response);
        }
      }
    }
    return found;
  }

  /** Follows a reference, and those that it leads to. */
  #resolve(reference: string): Located<unknown> {
    const [document = '', pointer = ''] = reference.split('#');
    const keys = pointer.split('/').slice(1).map(unescapePointer);
    const value = keys.reduce<unknown>((value, key) => (value as Json)[key], this.#documents.get(document));
    const next = (value as { $ref?: string } | undefined)?.$ref;
    if (next === undefined) return { value, document, pointer };
    return this.#resolve(next.startsWith('#') ? document + next : next);
  }
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescapePointer(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}
