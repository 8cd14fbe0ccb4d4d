import { userInfo } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../config/parse-duration.ts';
import { DIMENSIONS, type Dimension } from '../leaks/client-group.ts';
import { addOperatingCommands } from './add-operating-commands.ts';
import { CONFIG_OPTION, withAwsOptions } from './aws-options.ts';
import type { CliIo } from './cli-io.ts';
import type { CliRuntime, RuntimeOptions } from './cli-runtime.ts';
import { type BackendsOptions, backendsCommand } from './commands/backends-command.ts';
import { type ExplainOptions, explainCommand } from './commands/explain-command.ts';
import { type HistoryOptions, historyCommand } from './commands/history-command.ts';
import { type LeaksOptions, leaksCommand } from './commands/leaks-command.ts';
import { type LocalOptions, localCommand } from './commands/local-command.ts';
import { type PoolOptions, poolCommand } from './commands/pool-command.ts';
import { releaseCommand } from './commands/release-command.ts';
import { type ReplayOptions, replayCommand } from './commands/replay-command.ts';
import { type RunAllOptions, runAllCommand } from './commands/run-all-command.ts';
import { type RunOptions, runCommand } from './commands/run-command.ts';
import { type SnoozeOptions, snoozeCommand } from './commands/snooze-command.ts';
import { type ValidateOptions, validateCommand } from './commands/validate-command.ts';
import { type AnyDoctorOptions, chooseDoctor, withDoctorOptions } from './doctor/doctor-options.ts';
import { EXIT_CODES_HELP, type ExitCode } from './exit-codes.ts';
import { inWorld, type OpenRuntime } from './in-world.ts';
import { runByUrl } from './url/run-by-url.ts';
import { type UrlOptions, type UrlRunOptions, withUrlOptions, withUrlRunOptions } from './url/url-options.ts';

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

  const onAws = async (options: RuntimeOptions & UrlOptions, act: (runtime: CliRuntime) => Promise<ExitCode>) =>
    ended(await inWorld(openRuntime, options, io, act));

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

  addOperatingCommands(program, io, onAws, endpoint);

  withAwsOptions(program.command('pool').description('how tenants share sessions: states, hits, leases')).action(
    (options: PoolOptions & RuntimeOptions) => onAws(options, (runtime) => poolCommand(runtime, io, options)),
  );

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

  withDoctorOptions(
    withAwsOptions(
      program
        .command('doctor')
        .description('whether all that every target (or --target) needs is there, and how to mend what is not'),
    ),
  ).action(async (options: AnyDoctorOptions) =>
    ended(await chooseDoctor(io, options, (act) => inWorld(openRuntime, options, io, act))),
  );

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
    .option(...CONFIG_OPTION)
    .option('--json', 'print one line of JSON when ready')
    .option('--debug', 'show the stack of an error')
    .action(async (options: LocalOptions) => ended(await localCommand(io, options)));

  return program;
}

function withRecordingOptions(command: Command): Command {
  return command
    .option('--record <dir>', 'write what was seen there, for slotkeeper replay (waits for it)')
    .option('--hash-names', 'hash users, hosts, owners and tenants in it')
    .option('--keep-recordings <duration>', 'delete recordings there that are older, e.g. 30d', seconds);
}

function seconds(text: string): number {
  const value = parseDuration(text);
  if (value === null) {
    throw new InvalidArgumentError('Expected a duration such as 12h or 30d.');
  }
  return value;
}

/** Milliseconds since 1970 of a moment as tables and JSON show it, cut to the second. */
function moment(text: string): number {
  const written = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.\d{1,6})?Z?$/.exec(text);
  const time = written === null ? Number.NaN : Date.parse(`${written[1]}T${written[2]}Z`);
  if (Number.isNaN(time)) {
    throw new InvalidArgumentError('Expected a time in UTC such as 2026-11-20T15:04:01Z.');
  }
  return time;
}

/** Dimensions in their own order, whatever order they are named in. */
function dimensions(text: string): readonly Dimension[] {
  const named = text.split(',');
  if (!named.every((name) => DIMENSIONS.some((dimension) => dimension === name))) {
    throw new InvalidArgumentError(`Expected some of ${DIMENSIONS.join(',')}.`);
  }
  return DIMENSIONS.filter((dimension) => named.includes(dimension));
}

/** The first 8 digits of a hash at least: fewer would be a guess. */
function planHash(text: string): string {
  if (!/^[0-9a-f]{8,64}$/i.test(text)) {
    throw new InvalidArgumentError('Expected 8 to 64 hex digits, as the dry run shows them.');
  }
  return text.toLowerCase();
}

/** As `leaks` shows it, or its first digits. */
function clientIdOf(text: string): string {
  if (!/^[0-9a-f]{4,16}$/i.test(text)) {
    throw new InvalidArgumentError('Expected 4 to 16 hex digits, as slotkeeper leaks shows them.');
  }
  return text.toLowerCase();
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}
