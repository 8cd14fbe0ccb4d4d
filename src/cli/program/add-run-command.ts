import { Option } from 'commander';
import { withAwsOptions } from '../aws-options.ts';
import type { RuntimeOptions } from '../cli-runtime.ts';
import { type RunAllOptions, runAllCommand } from '../commands/run-all-command.ts';
import { type RunOptions, runCommand } from '../commands/run-command.ts';
import { runByUrl } from '../url/run-by-url.ts';
import { type UrlRunOptions, withUrlRunOptions } from '../url/url-options.ts';
import { planHash, wholeNumber } from './argument-parsers.ts';
import type { ProgramWorld } from './program-world.ts';
import { withRecordingOptions } from './recording-options.ts';

/** `run`: of a target, of all, or by URL. */
export function addRunCommand({ program, io, openRuntime, onAws, ended, endpoint }: ProgramWorld): void {
  withRecordingOptions(
    withUrlRunOptions(
      withAwsOptions(program.command('run').description('start a run by hand: warn and end what is due')),
    ),
  )
    .option('--dry-run', 'show the plan and act on nothing (waits for it)')
    .option('--wait', 'wait for the end and show what was done')
    .addOption(
      new Option('--apply <hash>', "act on exactly a dry run's plan, or refuse (waits for it)")
        .argParser(planHash)
        .conflicts(['dryRun', 'record']),
    )
    .addOption(
      new Option('--all', 'every target, each in a run of its own (waits for them)').conflicts([
        'target',
        'apply',
        'url',
      ]),
    )
    .option('--concurrency <n>', 'with --all: runs at the same time', wholeNumber(1, 50), 4)
    .action(
      async (options: RunOptions & RunAllOptions & RuntimeOptions & UrlRunOptions & { readonly all?: boolean }) =>
        options.url === undefined
          ? await onAws(options, (runtime) =>
              options.all === true ? runAllCommand(runtime, io, options, endpoint) : runCommand(runtime, io, options),
            )
          : ended(await runByUrl(openRuntime, io, options)),
    );
}
