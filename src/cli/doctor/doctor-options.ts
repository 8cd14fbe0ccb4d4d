import { type Command, Option } from 'commander';
import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** Which of the things that `doctor` can look at. */
export interface DoctorChoice {
  readonly url?: string;
  readonly policy?: string;
  readonly policyName?: string;
  readonly probe?: boolean;
  readonly yes?: boolean;
}

/** What `doctor` accepts beside the options of every command on a deployment. */
export function withDoctorOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--url <url>',
        'a PostgreSQL server itself, postgres://user@host/database; needs no deployment',
      ).conflicts(['target', 'stage', 'region', 'profile', 'config', 'probe']),
    )
    .option('--policy <file>', 'with --url: file with policies, such as slotkeeper.yml; else a built-in one')
    .option('--policy-name <name>', 'with --url: which of them')
    .option('--probe', 'try on sessions of its own what nobody has written down about the service')
    .option('--yes', 'with --probe: do not ask first');
}

/**
 * Refuses what means nothing without the probe: who agrees to it should not find that it was not tried.
 *
 * @throws SlotkeeperError named UsageError
 */
export function checkDoctorOptions({ probe, yes }: DoctorChoice): void {
  if (yes === true && probe !== true) {
    throw new SlotkeeperError('UsageError', 'Expected --probe beside --yes: nothing else of doctor asks first.');
  }
}
