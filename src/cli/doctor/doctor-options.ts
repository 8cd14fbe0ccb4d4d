import { type Command, Option } from 'commander';

/** Which of the things that `doctor` can look at. */
export interface DoctorChoice {
  readonly url?: string;
  readonly policy?: string;
  readonly policyName?: string;
  readonly probe?: boolean;
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
