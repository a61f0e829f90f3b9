/** Takes out of an answer what differs from run to run: identities, addresses, times, generated names. */

export interface Names {
  /** The case's own namespace. */
  namespace: string;
  workers: readonly string[];
  controlPlane: readonly string[];
}

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const TIME = /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| [+-]\d{4}(?: [A-Z]+)?)/g;
const READABLE_TIME = /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z]\w\w \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g;
const ADDRESS = /\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/g;
/** The letters that Kubernetes generates names from: no vowels, so that words seldom look like it. */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const HASH_AND_SUFFIX = new RegExp(`-[${LETTERS}]{6,10}-[${LETTERS}]{5}(?![\\w-])`, 'g');
const HASH = new RegExp(`(?<=-|=|pod-template-hash: )[${LETTERS}]{8,10}(?=-$|(?![\\w-]))`, 'g');
const VERSION_IN_TEXT = /(?<=resourceVersion\W{1,8}|in record \()\d+(?![\da-f]*-)/g;
const CONTAINER = /\bcontainerd:\/\/[0-9a-f]{64}\b/g;
const SUFFIX = new RegExp(`-[${LETTERS}]{5}(?![\\w-])`, 'g');
const NODE_PORT = /\b3[012]\d{3}\b/g;

/** Values that mean nothing beyond one cluster, by the name of their field. */
const BY_FIELD: Record<string, string> = {
  resourceVersion: '<version>',
  containerID: '<container>',
  imageID: '<image>',
  'pod-template-hash': '<hash>',
  'controller-revision-hash': '<hash>',
};

export function normalise(answer: unknown, names: Names): unknown {
  const text = textNormaliser(names);
  return walk(answer, text);
}

function walk(value: unknown, text: (value: string) => string): unknown {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((item) => walk(item, text));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => key !== 'managedFields')
    .map(([key, field]) => {
      const stand = BY_FIELD[key];
      if (stand !== undefined && typeof field === 'string') return [key, stand];
      if (key === 'nodePort' || key === 'healthCheckNodePort') return [key, '<nodePort>'];
      return [text(key), walk(field, text)];
    });
  return Object.fromEntries(entries.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

function textNormaliser(names: Names): (value: string) => string {
  const nodes: [RegExp, string][] = [
    ...names.workers.map((name) => [wordOf(name), '<worker>'] as [RegExp, string]),
    ...names.controlPlane.map((name) => [wordOf(name), '<control-plane>'] as [RegExp, string]),
  ];
  const replacements: [RegExp | string, string][] = [
    [names.namespace, '<namespace>'],
    [VERSION_IN_TEXT, '<version>'],
    [CONTAINER, '<container>'],
    [UUID, '<uid>'],
    [TIME, '<time>'],
    [READABLE_TIME, '<time>'],
    [ADDRESS, '<address>'],
    [HASH_AND_SUFFIX, '-<hash>-<suffix>'],
    [HASH, '<hash>'],
    [SUFFIX, '-<suffix>'],
    [NODE_PORT, '<nodePort>'],
    ...nodes,
  ];
  return (value) => {
    let text = value;
    for (const [from, to] of replacements) text = text.replaceAll(from, to);
    return text;
  };
}

function wordOf(name: string): RegExp {
  return new RegExp(`(?<![\\w-])${name.replaceAll('.', '\\.')}(?![\\w-])`, 'g');
}

/** Columns of kubectl's tables are as wide as their widest cell, and ages go on. */
export function withoutWidthsAndAges(lines: readonly string[]): string[] {
  return lines.map((line) =>
    line
      .trimEnd()
      .replaceAll(/\s+/g, ' ')
      .replaceAll(/(?<![\w=.])(?:\d+[smhd]){1,2}(?![\w=])/g, '<age>'),
  );
}
