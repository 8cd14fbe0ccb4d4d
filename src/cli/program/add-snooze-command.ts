import { userInfo } from 'node:os';
import { withAwsOptions } from '../aws-options.ts';
import type { RuntimeOptions } from '../cli-runtime.ts';
import { type SnoozeOptions, snoozeCommand } from '../commands/snooze-command.ts';
import { withUrlOptions } from '../url/url-options.ts';
import { moment, seconds, wholeNumber } from './argument-parsers.ts';
import type { ProgramWorld } from './program-world.ts';

/** `snooze`: keeps a session, or shows which are kept. */
export function addSnoozeCommand({ program, io, onAws }: ProgramWorld): void {
  withUrlOptions(
    withAwsOptions(program.command('snooze').description('keep a warned session for a while, or show which are kept')),
  )
    .argument('[pid]', 'its process id', wholeNumber(0, 2 ** 31 - 1))
    .option('--for <duration>', 'how long from now, e.g. 2h', seconds)
    .option('--end', 'take its snooze back')
    .option('--list', 'show which sessions are snoozed')
    .option('--started <time>', 'its start, when several had the pid, e.g. 2026-11-20T15:04:01Z', moment)
    .action((pid: number | undefined, options: Omit<SnoozeOptions, 'user'> & RuntimeOptions) =>
      onAws({ ...options, offline: true }, (runtime) =>
        snoozeCommand(runtime, io, pid, { ...options, user: userInfo().username }),
      ),
    );
}
