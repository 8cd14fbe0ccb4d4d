import { userInfo } from 'node:os';
import { type Command, Option } from 'commander';
import { withAwsOptions, withStageOptions } from './aws-options.ts';
import type { CliIo } from './cli-io.ts';
import type { CliRuntime, RuntimeOptions } from './cli-runtime.ts';
import { type OutputsOptions, outputsCommand } from './commands/outputs-command.ts';
import { type ScheduleOptions, scheduleCommand } from './commands/schedule-command.ts';
import { type StatusOptions, statusCommand } from './commands/status-command.ts';
import type { ExitCode } from './exit-codes.ts';

type OnAws = (options: RuntimeOptions, act: (runtime: CliRuntime) => Promise<ExitCode>) => Promise<void>;

/**
 * The commands by which a deployed stage is watched and held.
 *
 * @param onAws opens a command's world, and notes how it ended
 * @param endpoint what AWS_ENDPOINT_URL says, for messages
 */
export function addOperatingCommands(program: Command, io: CliIo, onAws: OnAws, endpoint: string | undefined): void {
  withAwsOptions(
    program.command('status').description('schedules, last and next runs, free slots, locks, refusals, subscriptions'),
  ).action((options: StatusOptions & RuntimeOptions) =>
    onAws(options, (runtime) => statusCommand(runtime, io, options)),
  );

  for (const [word, description] of [
    ['pause', "stop a target's schedule from starting runs; one under way goes on"],
    ['resume', "let a target's schedule start runs again"],
  ] as const) {
    withAwsOptions(program.command(word).description(description))
      .addOption(new Option('--all', 'every target that has a schedule').conflicts('target'))
      .option('--reason <text>', 'why, for the record')
      .action((options: Omit<ScheduleOptions, 'user' | 'enable'> & RuntimeOptions) =>
        onAws(options, (runtime) =>
          scheduleCommand(runtime, io, { ...options, enable: word === 'resume', user: userInfo().username }, endpoint),
        ),
      );
  }

  withStageOptions(program.command('outputs').description("what the stage's stack tells: names, ARNs, addresses"))
    .argument('[key]', 'only the value of this output')
    .action((key: string | undefined, options: OutputsOptions & RuntimeOptions) =>
      onAws(options, (runtime) => outputsCommand(runtime, io, key, options)),
    );
}
