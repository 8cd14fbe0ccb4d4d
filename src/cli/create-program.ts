import { Command } from 'commander';
import { withAwsOptions } from './aws-options.ts';
import type { CliIo } from './cli-io.ts';
import { type AnyDoctorOptions, chooseDoctor, withDoctorOptions } from './doctor/doctor-options.ts';
import { EXIT_CODES_HELP, type ExitCode } from './exit-codes.ts';
import { inWorld, type OpenRuntime } from './in-world.ts';
import { addLeaksCommand } from './program/add-leaks-command.ts';
import { addLookingCommands } from './program/add-looking-commands.ts';
import { addOfflineCommands } from './program/add-offline-commands.ts';
import { addOperatingCommands } from './program/add-operating-commands.ts';
import { addRunCommand } from './program/add-run-command.ts';
import { addSnoozeCommand } from './program/add-snooze-command.ts';
import type { ProgramWorld } from './program/program-world.ts';

/**
 * The commands, their options and their help.
 *
 * @param openRuntime makes what a command needs of the world
 * @param ended is called with the exit code of the command that ran
 * @param endpoint what AWS_ENDPOINT_URL says, for messages
 */
export function createProgram(
  io: CliIo,
  openRuntime: OpenRuntime,
  ended: (exitCode: ExitCode) => void,
  endpoint: string | undefined,
): Command {
  const program = new Command('slotkeeper')
    .description('Keeps the connection slots of Amazon Redshift free.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
      outputError: () => {},
    })
    .addHelpText('after', EXIT_CODES_HELP);

  const world: ProgramWorld = {
    program,
    io,
    openRuntime,
    onAws: async (options, act) => ended(await inWorld(openRuntime, options, io, act)),
    ended,
    endpoint,
  };
  addRunCommand(world);
  addLookingCommands(world);
  addSnoozeCommand(world);
  addOperatingCommands(world);
  addLeaksCommand(world);

  withDoctorOptions(
    withAwsOptions(
      program
        .command('doctor')
        .description('whether all that every target (or --target) needs is there, and how to mend what is not'),
    ),
  ).action(async (options: AnyDoctorOptions) =>
    ended(await chooseDoctor(io, options, (act) => inWorld(openRuntime, options, io, act))),
  );

  addOfflineCommands(world);
  return program;
}
