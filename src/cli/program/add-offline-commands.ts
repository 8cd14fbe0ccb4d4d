import { CONFIG_OPTION } from '../aws-options.ts';
import { type LocalOptions, localCommand } from '../commands/local-command.ts';
import { type ReplayOptions, replayCommand } from '../commands/replay-command.ts';
import { type ValidateOptions, validateCommand } from '../commands/validate-command.ts';
import { wholeNumber } from './argument-parsers.ts';
import type { ProgramWorld } from './program-world.ts';

/** The commands that need no deployment and no server: `validate`, `replay`, `local`. */
export function addOfflineCommands({ program, io, ended }: ProgramWorld): void {
  program
    .command('validate')
    .description('what is wrong with the configuration, and what in it can hardly be meant; needs no network')
    .option(...CONFIG_OPTION)
    .option('--json', 'print one JSON document (docs/schemas)')
    .option('--debug', 'show the stack of an error')
    .action((options: ValidateOptions) => ended(validateCommand(io, options)));

  program
    .command('replay')
    .description('what a policy would have done on recorded snapshots, or how two differ; needs no network')
    .requiredOption('--snapshot <file...>', 'recordings of one target')
    .requiredOption('--policy <file...>', 'configuration to replay; a second one: the difference of the two')
    .option('--target <name>', 'target; needed when the recordings are of several')
    .option('--json', 'print one JSON document (docs/schemas)')
    .option('--debug', 'show the stack of an error')
    .action((options: ReplayOptions) => ended(replayCommand(io, options)));

  program
    .command('local')
    .description('run the embedded cloud on this machine until Ctrl-C')
    .option('--port <n>', 'port of the AWS endpoint; 0: a free one', wholeNumber(0, 65_535), 4566)
    .option('--postgres-port <n>', 'port of PostgreSQL; 0: a free one', wholeNumber(0, 65_535), 5439)
    .option('--data <dir>', 'keep the data there; without it they are gone at the end')
    .option('--max-connections <n>', 'slots of the database', wholeNumber(10, 5000))
    .option('--faults <file>', 'faults that calls are to meet (docs/faults.md)')
    .option(...CONFIG_OPTION)
    .option('--json', 'print one line of JSON when ready')
    .option('--debug', 'show the stack of an error')
    .action(async (options: LocalOptions) => ended(await localCommand(io, options)));
}
