import { userInfo } from 'node:os';
import { Option } from 'commander';
import { DIMENSIONS } from '../../leaks/client-group.ts';
import { withAwsOptions } from '../aws-options.ts';
import type { RuntimeOptions } from '../cli-runtime.ts';
import { type LeaksOptions, leaksCommand } from '../commands/leaks-command.ts';
import { releaseCommand } from '../commands/release-command.ts';
import { withUrlOptions } from '../url/url-options.ts';
import { clientIdOf, dimensions, seconds, wholeNumber } from './argument-parsers.ts';
import type { ProgramWorld } from './program-world.ts';

/** `leaks`, and by `--release` the end of a hold. */
export function addLeaksCommand({ program, io, onAws }: ProgramWorld): void {
  withUrlOptions(
    withAwsOptions(
      program.command('leaks').description('which clients hold slots for nothing, and which setting stops each'),
    ),
  )
    .addOption(new Option('--since <duration>', 'how far back, up to 7d').argParser(seconds).default(7 * 86_400, '7d'))
    .addOption(
      new Option('--by <list>', 'put sessions together by these')
        .argParser(dimensions)
        .default(DIMENSIONS, DIMENSIONS.join(',')),
    )
    .option('--limit <n>', 'most clients to show', wholeNumber(1, 10_000), 20)
    .option('--release <id>', 'let the sessions of a client that came back at once be ended again', clientIdOf)
    .action(({ release, ...options }: LeaksOptions & RuntimeOptions & { release?: string }) =>
      onAws(options, (runtime) =>
        release === undefined
          ? leaksCommand(runtime, io, options)
          : releaseCommand(runtime, io, { ...options, release, user: userInfo().username }),
      ),
    );
}
