/** Arguments to command to exit code: the only place that sets the exit code. */
import { COMMANDS } from './commands/registry.ts';
import type { Command, CommandContext } from './commands/command.ts';
import { EXIT, type ExitCode, InterruptedError, LabError, UsageError } from './exit-codes.ts';
import { didYouMean } from './nearest.ts';

/** npm passes a Ctrl-C on to its child, which has had it from the terminal already: two signals so close are one. */
const SAME_SIGNAL_MS = 300;

async function main(args: readonly string[]): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === 'help') {
    for (const load of Object.values(COMMANDS)) printHelp(await load());
    return name === undefined ? EXIT.usage : EXIT.pass;
  }
  const load = COMMANDS[name];
  if (load === undefined) throw new UsageError(`unknown command "${name}"${didYouMean(name, Object.keys(COMMANDS))}`);
  const command = await load();
  if (rest.includes('--help')) {
    printHelp(command);
    return EXIT.pass;
  }
  const context = interruptible();
  try {
    return await command.run(rest, context);
  } catch (error) {
    // Whatever was under way when the user stopped it fails in its own way.
    if (context.signal.aborted && !(error instanceof InterruptedError)) {
      throw new InterruptedError('interrupted', { cause: error });
    }
    throw error;
  }
}

function printHelp({ usage, summary }: Command): void {
  console.log(`${usage}\n    ${summary}`);
}

/** First Ctrl-C: stop in good order. Second: give up waiting. */
function interruptible(): CommandContext {
  const controller = new AbortController();
  let force = (): void => undefined;
  let firstAt = Number.NaN;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (!controller.signal.aborted) {
      firstAt = performance.now();
      console.error(`\n${signal}: stopping everything; once more to force it`);
      controller.abort(new InterruptedError('interrupted'));
    } else if (performance.now() - firstAt > SAME_SIGNAL_MS) {
      force();
      process.exit(EXIT.interrupted);
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', onSignal);
  return {
    signal: controller.signal,
    print: (line) => console.log(line),
    say: (line) => console.error(line),
    onForce: (action) => {
      force = action;
    },
  };
}

function explain(error: unknown): ExitCode {
  if (error instanceof InterruptedError) {
    console.error(error.message);
    return EXIT.interrupted;
  }
  if (error instanceof UsageError) {
    console.error(error.message);
    return EXIT.usage;
  }
  if (error instanceof LabError) console.error(`the lab failed: ${error.message}`);
  else console.error(error);
  return EXIT.lab;
}

// A reader that has seen enough (`| head`) is no failure of the command.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = explain(error);
}
