/** Structured logs: one JSON object per line on stdout, as log collectors of Kubernetes expect them. */

export type Fields = Record<string, unknown>;

export interface Logger {
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}

/** @param bindings fields of every line, such as the service's name */
export function createLogger(bindings: Fields, write: (line: string) => void = writeToStdout): Logger {
  const logAt = (level: string) => (message: string, fields?: Fields) =>
    write(
      `${JSON.stringify({ time: new Date().toISOString(), level, ...bindings, message, ...fields }, plainError)}\n`,
    );
  return { info: logAt('info'), warn: logAt('warn'), error: logAt('error') };
}

function writeToStdout(line: string): void {
  process.stdout.write(line);
}

/** JSON.stringify alone turns an Error into {}. */
function plainError(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, code: 'code' in value ? value.code : undefined, cause, stack };
}
