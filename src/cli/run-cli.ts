import { CommanderError } from 'commander';
import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import type { CliIo } from './cli-io.ts';
import { createProgram } from './create-program.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { explainError } from './explain-error.ts';
import type { OpenRuntime } from './in-world.ts';
import { errorDocument } from './json/error-document.ts';
import { printable } from './printable.ts';
import { loadUrlRuntime } from './url/load-url-runtime.ts';

/**
 * Runs one command line and says how it ended. Every failure becomes one message: on stderr, or with `--json` as a
 * document on stdout.
 *
 * @param args what follows `slotkeeper`
 */
export async function runCli(
  args: readonly string[],
  io: CliIo,
  openRuntime: OpenRuntime = openWorld,
  endpoint: string | undefined = process.env['AWS_ENDPOINT_URL'],
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.nothingToDo;
  try {
    const note = (ended: ExitCode) => {
      exitCode = ended;
    };
    await createProgram(io, openRuntime, note, endpoint).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      return EXIT.nothingToDo;
    }
    return report(asUsageError(error), args, io, endpoint);
  }
}

/** Clients, and the engine of a laptop, are loaded only by a command that needs them: help and usage errors come at once. */
const openWorld: OpenRuntime = async (options, world) => {
  if (options.url !== undefined) {
    const { openUrlRuntime } = await loadUrlRuntime();
    return await openUrlRuntime({ ...options, url: options.url }, world);
  }
  const { openCliRuntime } = await import('./cli-runtime.ts');
  return openCliRuntime(options);
};

function report(error: unknown, args: readonly string[], io: CliIo, endpoint: string | undefined): ExitCode {
  const { name, message, exitCode } = explainError(error, endpoint);
  if (args.includes('--json')) {
    io.out(JSON.stringify(errorDocument.parse({ schema: 'slotkeeper.error/1', error: { name, message } })));
  } else {
    // Several lines are ours (the list of a configuration's problems); what else could steer the terminal is not.
    io.err(`slotkeeper: ${message.split('\n').map(printable).join('\n')}`);
  }
  if (args.includes('--debug') && error instanceof Error) {
    io.err(error.stack ?? String(error));
  }
  return exitCode;
}

/** Commander's complaints are usage errors; its word "error:" is not needed twice. */
function asUsageError(error: unknown): unknown {
  if (!(error instanceof CommanderError)) {
    return error;
  }
  const message = error.code === 'commander.help' ? 'a command is missing' : error.message.replace(/^error: /, '');
  return new SlotkeeperError('UsageError', `${message}\nSee slotkeeper --help.`, { cause: error });
}
