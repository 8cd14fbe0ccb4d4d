import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../../config/parse-duration.ts';
import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** What every command accepts that may speak to a server by its URL, without a deployment. */
export interface UrlOptions {
  /** postgres://…; undefined: the command is about a deployment. */
  readonly url?: string;
  readonly policy?: string;
  readonly policyName?: string;
  /** Target of the policy's file whose caps and other settings hold. */
  readonly like?: string;
  /** Caps of a run; undefined: those of `like`, or the defaults of slotkeeper.yml. The share is from 0 to 1. */
  readonly maxTerminations?: number;
  readonly maxShare?: number;
  /** Folder of what runs remember. */
  readonly data?: string;
  /** The command only reads and changes what is remembered, and does not ask the server. */
  readonly offline?: boolean;
}

/** What `run --url` accepts beside. */
export interface UrlRunOptions extends UrlOptions {
  readonly terminate?: boolean;
  readonly watch?: boolean;
  /** Seconds. */
  readonly every?: number;
}

/** Adds the options of {@link UrlOptions}. */
export function withUrlOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--url <url>',
        'a PostgreSQL server itself, postgres://user@host/database; needs no deployment',
      ).conflicts(['target', 'stage', 'region', 'profile', 'config']),
    )
    .option('--policy <file>', 'with --url: file with policies, such as slotkeeper.yml; else a built-in one')
    .option('--policy-name <name>', 'with --url: which of them')
    .option('--like <target>', 'with --policy: take caps, slots to keep free and the like from this target of it')
    .addOption(new Option('--max-terminations <n>', 'with --url: most sessions that one run may end').argParser(capOf))
    .addOption(
      new Option('--max-share <percent>', 'with --url: the same as a share of all sessions').argParser(shareOf),
    )
    .option('--data <dir>', 'with --url: where runs are remembered; else a folder of the server in ~/.local/state');
}

/** Adds those of {@link UrlRunOptions}. */
export function withUrlRunOptions(command: Command): Command {
  return withUrlOptions(command)
    .addOption(
      new Option('--terminate', 'with --url: act; without it a run by URL is a dry run').conflicts(['dryRun', 'apply']),
    )
    .addOption(new Option('--watch', 'with --url: again and again until Ctrl-C').conflicts(['apply']))
    .addOption(
      new Option('--every <duration>', 'with --watch: from start to start').argParser(pace).default(300, '5m'),
    );
}

/**
 * Refuses options that mean nothing without `--url`.
 *
 * @throws SlotkeeperError named UsageError
 */
export function checkUrlOptions(options: UrlRunOptions): void {
  if (options.url !== undefined) {
    return;
  }
  for (const [given, option] of [
    [options.policy, '--policy'],
    [options.policyName, '--policy-name'],
    [options.like, '--like'],
    [options.maxTerminations, '--max-terminations'],
    [options.maxShare, '--max-share'],
    [options.data, '--data'],
    [options.terminate, '--terminate'],
    [options.watch, '--watch'],
  ] as const) {
    if (given !== undefined) {
      throw new SlotkeeperError(
        'UsageError',
        option === '--terminate'
          ? 'Expected --url beside --terminate. A run of a deployment acts unless it is given --dry-run.'
          : `Expected --url beside ${option}: it is about a server that the command line names.`,
      );
    }
  }
}

function capOf(text: string): number {
  if (!/^\d{1,5}$/.test(text)) {
    throw new InvalidArgumentError('Expected a whole number.');
  }
  return Number(text);
}

function shareOf(text: string): number {
  const percent = Number(/^(\d{1,3}(?:\.\d+)?)%$/.exec(text)?.[1]);
  if (!(percent <= 100)) {
    throw new InvalidArgumentError('Expected a share such as 75%.');
  }
  return percent / 100;
}

function pace(text: string): number {
  const value = parseDuration(text);
  if (value === null || value < 10 || value > 86_400) {
    throw new InvalidArgumentError('Expected a duration from 10s to 1d.');
  }
  return value;
}
