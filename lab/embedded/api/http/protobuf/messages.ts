/**
 * The messages that Kubernetes' objects are sent as. Read from kubernetes.wire, whose format is
 *
 *     Container                       a message
 *       1 name string                 a field: its number on the wire, its name in JSON, its type
 *       3 command string[]            a list
 *       7 env EnvVar[]                messages are named; so are those that stand for a simple value (Time, Quantity, ...)
 *       21 restartPolicy string?      a field whose absence is not the same as its zero value
 *       2 + VolumeSource              the fields of this message belong to the object around it
 */
import { readFileSync } from 'node:fs';

export interface WireField {
  jsonName: string;
  type: string;
  shape: 'single' | 'list' | 'map';
  optional: boolean;
  inline: boolean;
}

/** By number. */
export type Message = ReadonlyMap<number, WireField>;

const MESSAGES = parse(readFileSync(new URL('./kubernetes.wire', import.meta.url), 'utf8'));

/** Undefined when there is no such message. */
export function messageOf(name: string): Message | undefined {
  return MESSAGES.get(name);
}

function parse(text: string): ReadonlyMap<string, Message> {
  const messages = new Map<string, Map<number, WireField>>();
  let current = new Map<number, WireField>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith(' ')) {
      const [number, name, type] = line.trim().split(' ') as [string, string, string];
      current.set(Number(number), parseField(name, type));
    } else {
      current = new Map();
      messages.set(line, current);
    }
  }
  return messages;
}

function parseField(name: string, text: string): WireField {
  const [, type, suffix, optional] = /^(\w+)(\[\]|\{\})?(\?)?$/.exec(text)!;
  const shape = suffix === undefined ? 'single' : suffix === '[]' ? 'list' : 'map';
  return { jsonName: name, type: type!, shape, optional: optional !== undefined, inline: name === '+' };
}
