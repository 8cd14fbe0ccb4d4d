import { Option } from 'commander';
import { withAwsOptions } from '../aws-options.ts';
import type { RuntimeOptions } from '../cli-runtime.ts';
import { type BackendsOptions, backendsCommand } from '../commands/backends-command.ts';
import { type ExplainOptions, explainCommand } from '../commands/explain-command.ts';
import { type HistoryOptions, historyCommand } from '../commands/history-command.ts';
import { type PoolOptions, poolCommand } from '../commands/pool-command.ts';
import { withUrlOptions } from '../url/url-options.ts';
import { seconds, wholeNumber } from './argument-parsers.ts';
import type { ProgramWorld } from './program-world.ts';
import { withRecordingOptions } from './recording-options.ts';

/** The commands that look and change nothing: `backends`, `explain`, `history`, `pool`. */
export function addLookingCommands({ program, io, onAws }: ProgramWorld): void {
  withRecordingOptions(
    withUrlOptions(
      withAwsOptions(program.command('backends').description('who holds slots now, and what a run would do, and why')),
    ),
  ).action((options: BackendsOptions & RuntimeOptions) =>
    onAws(options, (runtime) => backendsCommand(runtime, io, options)),
  );

  withUrlOptions(
    withAwsOptions(program.command('explain').description('why a session is kept, warned or ended, clause by clause')),
  )
    .argument('<pid>', 'its process id, now or when it was ended', wholeNumber(0, 2 ** 31 - 1))
    .option('--recorded', 'only what is on record; do not ask the server')
    .action((pid: number, options: ExplainOptions & RuntimeOptions) =>
      onAws({ ...options, offline: options.recorded === true }, (runtime) => explainCommand(runtime, io, pid, options)),
    );

  withUrlOptions(
    withAwsOptions(program.command('history').description('what was done: the newest runs, one run, or one backend')),
  )
    .argument('[pid|run]', 'a process id, or the id of a run')
    .option('--limit <n>', 'most runs or backends to show', wholeNumber(1, 1000), 20)
    .option('--summary', 'what the warnings and ends of a period came to')
    .addOption(
      new Option('--since <duration>', 'how far back that period goes').argParser(seconds).default(7 * 86_400, '7d'),
    )
    .action((subject: string | undefined, options: HistoryOptions & RuntimeOptions) =>
      onAws({ ...options, offline: true }, (runtime) => historyCommand(runtime, io, subject, options)),
    );

  withAwsOptions(program.command('pool').description('how tenants share sessions: states, hits, leases')).action(
    (options: PoolOptions & RuntimeOptions) => onAws(options, (runtime) => poolCommand(runtime, io, options)),
  );
}
