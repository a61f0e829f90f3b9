/** The levels of the contract, and the other names that logging libraries have for them. */

export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Level = (typeof LEVELS)[number];

const ALIASES: Record<Level, readonly string[]> = {
  trace: ['verbose', 'finest', 'finer', 'silly'],
  debug: ['dbg', 'fine'],
  info: ['information', 'informational', 'notice', 'log'],
  warn: ['warning', 'wrn'],
  error: ['err', 'severe'],
  fatal: ['critical', 'crit', 'alert', 'emergency', 'emerg', 'panic'],
};

const LEVEL_BY_NAME = new Map<string, Level>(
  LEVELS.flatMap((level) => [level, ...ALIASES[level]].map((name): [string, Level] => [name, level])),
);

/** In any case and with spaces around it; undefined for a name that no library known here uses. */
export function normaliseLevel(name: string): Level | undefined {
  return LEVEL_BY_NAME.get(name) ?? LEVEL_BY_NAME.get(name.trim().toLowerCase());
}
