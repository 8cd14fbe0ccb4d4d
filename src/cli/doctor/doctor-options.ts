import { type Command, Option } from 'commander';
import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import type { CliIo } from '../cli-io.ts';
import type { CliRuntime, RuntimeOptions } from '../cli-runtime.ts';
import type { DoctorOptions } from '../commands/doctor-command.ts';
import type { ProbeOptions } from '../commands/probe-command.ts';
import type { ExitCode } from '../exit-codes.ts';

export type AnyDoctorOptions = DoctorOptions & ProbeOptions & RuntimeOptions & DoctorChoice;

/** Which of the things that `doctor` can look at. */
export interface DoctorChoice {
  readonly url?: string;
  readonly policy?: string;
  readonly policyName?: string;
  readonly like?: string;
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
    .option('--like <target>', 'with --policy: take the policy from this target of it')
    .option('--probe', 'try on sessions of its own what nobody has written down about the service')
    .option('--yes', 'with --probe: do not ask first');
}

/**
 * `doctor`: a deployment and its servers, one server by its URL, or the probe.
 *
 * @param onDeployment opens the world of a deployment for an act
 * @throws SlotkeeperError named UsageError, also for what means nothing without the probe: who agrees to it should not
 *   find that it was not tried
 */
export async function chooseDoctor(
  io: CliIo,
  options: AnyDoctorOptions,
  onDeployment: (act: (runtime: CliRuntime) => Promise<ExitCode>) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { url, probe, yes } = options;
  if (yes === true && probe !== true) {
    throw new SlotkeeperError('UsageError', 'Expected --probe beside --yes: nothing else of doctor asks first.');
  }
  // Loaded only now: the clients of five services are nothing that `--help` should wait for.
  if (url !== undefined) {
    const { doctorByUrl } = await import('./doctor-by-url.ts');
    return await doctorByUrl(io, { ...options, url });
  }
  if (probe === true) {
    const { probeCommand } = await import('../commands/probe-command.ts');
    return await onDeployment((runtime) => probeCommand(runtime, io, options));
  }
  const { doctorCommand } = await import('../commands/doctor-command.ts');
  return await onDeployment((runtime) => doctorCommand(runtime, io, options));
}
