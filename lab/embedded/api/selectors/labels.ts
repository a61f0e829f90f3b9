/**
 * Label selectors: the text form of the REST API and the object form of specs.
 * Grammar and messages: k8s.io/apimachinery/pkg/labels.
 */
import type { LabelSelector } from 'kubernetes-types/meta/v1.js';
import { badRequest } from '../status-errors.ts';

type Labels = Readonly<Record<string, string>>;

type Operator = 'exists' | 'absent' | 'in' | 'notin' | 'gt' | 'lt';

interface Requirement {
  key: string;
  operator: Operator;
  values: readonly string[];
}

export type LabelMatcher = (labels: Labels | undefined) => boolean;

/**
 * `app=web,tier in (a,b),!old` as a predicate; undefined or '' selects everything.
 * Throws 400 BadRequest when it cannot be parsed.
 */
export function parseLabelSelector(text: string | undefined): LabelMatcher {
  if (text === undefined || text.trim() === '') return () => true;
  return matcher(new Parser(text).requirements());
}

/** A LabelSelector of a spec as a predicate. As in Kubernetes, an empty one selects everything and none nothing. */
export function matchLabelSelector(selector: LabelSelector | undefined): LabelMatcher {
  if (selector === undefined) return () => false;
  const operators = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: 'absent' } as const;
  const equalities = Object.entries(selector.matchLabels ?? {}).map(([key, value]): Requirement => ({
    key,
    operator: 'in',
    values: [value],
  }));
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values }): Requirement => ({
    key,
    operator: operators[operator as keyof typeof operators],
    values: values ?? [],
  }));
  return matcher([...equalities, ...expressions]);
}

/** The text form of a LabelSelector, as in status.selector of a Scale. */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  const equalities = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (selector?.matchExpressions ?? []).map(formatExpression);
  return [...equalities, ...expressions].sort().join(',');
}

function formatExpression({ key, operator, values }: { key: string; operator: string; values?: string[] }): string {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator.toLowerCase()} (${[...(values ?? [])].sort().join(',')})`;
}

function matcher(requirements: readonly Requirement[]): LabelMatcher {
  return (labels) => requirements.every((requirement) => matches(requirement, labels?.[requirement.key]));
}

function matches({ operator, values }: Requirement, value: string | undefined): boolean {
  if (operator === 'absent') return value === undefined;
  if (operator === 'notin') return value === undefined || !values.includes(value);
  if (value === undefined) return false;
  switch (operator) {
    case 'in':
      return values.includes(value);
    case 'gt':
      return Number(value) > Number(values[0]);
    case 'lt':
      return Number(value) < Number(values[0]);
    default:
      return true;
  }
}

const TOKEN = /\s*(==|!=|[=!(),<>]|[^\s=!(),<>]+)/y;

class Parser {
  private readonly tokens: string[] = [];
  private position = 0;

  constructor(text: string) {
    TOKEN.lastIndex = 0;
    for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) this.tokens.push(match[1]!);
  }

  requirements(): Requirement[] {
    if (this.peek() === ',') throw badRequest("found ',', expected: !, identifier, or 'end of string'");
    const result = [this.requirement()];
    while (this.position < this.tokens.length) {
      const token = this.next();
      if (token !== ',') throw unparsable(token, "',' or 'end of string'");
      // A comma announces another requirement.
      if (this.peek() === undefined || this.peek() === ',') {
        throw badRequest(`found '${this.peek() ?? ''}', expected: identifier after ','`);
      }
      result.push(this.requirement());
    }
    return result;
  }

  private requirement(): Requirement {
    if (this.peek() === '!') {
      this.next();
      return { key: this.word('identifier'), operator: 'absent', values: [] };
    }
    const key = this.word('!, identifier');
    const token = this.peek();
    if (token === undefined || token === ',') return { key, operator: 'exists', values: [] };
    this.next();
    switch (token) {
      case '=':
      case '==':
        return { key, operator: 'in', values: [this.value()] };
      case '!=':
        return { key, operator: 'notin', values: [this.value()] };
      case 'in':
      case 'notin':
        return { key, operator: token, values: this.values() };
      case '>':
      case '<':
        return { key, operator: token === '>' ? 'gt' : 'lt', values: [this.value()] };
      default:
        throw unparsable(token, 'in, notin, =, ==, !=, gt, lt');
    }
  }

  /** A value after `=`, which may be empty. */
  private value(): string {
    const token = this.peek();
    return token === undefined || token === ',' ? '' : this.word('identifier');
  }

  private values(): string[] {
    const open = this.next();
    if (open !== '(') throw badRequest(`unable to parse requirement: found '${open ?? ''}' expected: '('`);
    const values = [this.listed()];
    for (let token = this.next(); token !== ')'; token = this.next()) {
      if (token !== ',') throw unparsable(token, "',' or ')'");
      values.push(this.listed());
    }
    return values;
  }

  private listed(): string {
    const token = this.peek();
    return token === ',' || token === ')' ? '' : this.word('identifier');
  }

  private word(expected: string): string {
    const token = this.next();
    if (token === undefined || /^(==|!=|[=!(),<>])$/.test(token)) throw unparsable(token, expected);
    return token;
  }

  private peek(): string | undefined {
    return this.tokens[this.position];
  }

  private next(): string | undefined {
    return this.tokens[this.position++];
  }
}

function unparsable(found: string | undefined, expected: string): Error {
  return badRequest(`unable to parse requirement: found '${found ?? ''}', expected: ${expected}`);
}
