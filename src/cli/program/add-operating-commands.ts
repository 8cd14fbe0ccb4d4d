import { userInfo } from 'node:os';
import { Option } from 'commander';
import { withAwsOptions, withStageOptions } from '../aws-options.ts';
import type { RuntimeOptions } from '../cli-runtime.ts';
import { type OutputsOptions, outputsCommand } from '../commands/outputs-command.ts';
import { type ScheduleOptions, scheduleCommand } from '../commands/schedule-command.ts';
import { type StatusOptions, statusCommand } from '../commands/status-command.ts';
import type { ProgramWorld } from './program-world.ts';

/** The commands by which a deployed stage is watched and held. */
export function addOperatingCommands({ program, io, onAws, endpoint }: ProgramWorld): void {
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
