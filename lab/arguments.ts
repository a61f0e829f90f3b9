/** Command-line arguments of one command: strict, with a hint for what is misspelt. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './exit-codes.ts';
import { didYouMean } from './nearest.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** Throws UsageError for an unknown option, one without its value, or too few or many positionals. */
export function parseArguments<const O extends Options>(
  args: readonly string[],
  options: O,
  positionals: { min: number; max: number; usage: string },
): { values: ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>>['values']; positionals: string[] } {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    const unknown = code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' ? /'--?([^'\s]+)'/.exec(message)?.[1] : undefined;
    const hint = unknown === undefined ? '' : didYouMean(unknown, Object.keys(options));
    throw new UsageError(`${message.split('. ')[0]!}${hint}\nusage: ${positionals.usage}`, { cause: error });
  }
  const count = parsed.positionals.length;
  if (count < positionals.min || count > positionals.max) {
    const problem =
      count < positionals.min
        ? 'something is missing'
        : `too much: ${parsed.positionals.slice(positionals.max).join(' ')}`;
    throw new UsageError(`${problem}\nusage: ${positionals.usage}`);
  }
  return { values: parsed.values, positionals: parsed.positionals };
}
