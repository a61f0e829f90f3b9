/** The forms of names, labels and the like (k8s.io/apimachinery/pkg/util/validation), with the API server's messages. */
import { isIP } from 'node:net';
import type { Problems } from './problems.ts';

/** Undefined when the value has the form; otherwise what is wrong with it. */
export type NameRule = (value: string) => string | undefined;

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;
const CONFIG_KEY = '[-._a-zA-Z0-9]+';
const PERCENT = '[0-9]+%';

/** Kubernetes counts labels in bytes and names in characters, as far as its messages go. */
function rule(
  pattern: string,
  text: string,
  examples: readonly string[],
  maxLength: number,
  unit: 'bytes' | 'characters' = 'characters',
): NameRule {
  const expression = new RegExp(`^${pattern}$`);
  const list = examples.map((example) => `'${example}'`).join(',  or ');
  return (value) => {
    if (value.length > maxLength) return `must be no more than ${maxLength} ${unit}`;
    return expression.test(value) ? undefined : `${text} (e.g. ${list}, regex used for validation is '${pattern}')`;
  };
}

export const dnsLabel = rule(
  LABEL,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  ['my-name', '123-abc'],
  63,
);

export const dnsSubdomain = rule(
  SUBDOMAIN,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  ['example.com'],
  253,
);

export const dns1035Label = rule(
  LABEL_1035,
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  ['my-name', 'abc-123'],
  63,
);

export const configKey = rule(
  CONFIG_KEY,
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  ['key.name', 'KEY_NAME', 'key-name'],
  253,
);

export const labelValue = rule(
  LABEL_VALUE,
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ['MyValue', 'my_value', '12345'],
  63,
  'bytes',
);

export const percentage = rule(
  PERCENT,
  "a valid percent string must be a numeric string followed by an ending '%'",
  ['1%', '93%'],
  253,
);

const qualifiedPart = rule(
  QUALIFIED,
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ['MyName', 'my.name', '123-abc'],
  63,
  'bytes',
);

/** A label's key: a name, or a DNS subdomain and a name. */
export const qualifiedName: NameRule = (value) => {
  const parts = value.split('/');
  if (parts.length > 2) {
    return `a valid label key ${qualifiedPart('-')!.slice('name part '.length)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
  }
  const prefix = parts.length === 2 ? parts[0]! : undefined;
  if (prefix === '') return 'prefix part must be non-empty';
  const problem = prefix === undefined ? undefined : dnsSubdomain(prefix);
  return problem === undefined ? qualifiedPart(parts.at(-1)!) : `prefix part ${problem}`;
};

/** A port's name is an IANA service name: what is wrong with it, if anything. Each is reported. */
export function portNameProblems(value: string): string[] {
  return [
    value.length > 15 && 'must be no more than 15 characters',
    !/^[-a-z0-9]+$/.test(value) && 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
    !/[a-z]/.test(value) && 'must contain at least one letter (a-z)',
    value.includes('--') && 'must not contain consecutive hyphens',
    /^-|-$/.test(value) && 'must not begin or end with a hyphen',
  ].filter((problem) => problem !== false);
}

export const ipAddress: NameRule = (value) =>
  isIP(value) === 0 ? 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)' : undefined;

export const cidr: NameRule = (value) => {
  const [address = '', bits = ''] = value.split('/');
  const version = isIP(address);
  return version !== 0 && /^\d+$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)
    ? undefined
    : 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
};

/** Reports `value` under `field` when it breaks the rule. */
export function check(problems: Problems, field: string, value: string, ...rules: readonly NameRule[]): void {
  for (const follows of rules) {
    const detail = follows(value);
    if (detail !== undefined) problems.invalid(field, value, detail);
  }
}
