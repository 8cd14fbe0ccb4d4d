import { isDataApiTarget, type TargetConfig } from '../../config/target-config.ts';
import type { Check } from '../../doctor/check.ts';
import { judgeDeployment } from '../../doctor/deployment/judge-deployment.ts';
import { type Fact, known, unknown } from '../../doctor/fact.ts';
import { judgeTransport } from '../../doctor/server/judge-transport.ts';
import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import type { RunRecord } from '../../session-table/run-record.ts';
import { createPostgresOpener } from '../../warehouse/create-postgres-opener.ts';
import { createPostgresPasswords } from '../../warehouse/postgres-passwords.ts';
import { chooseTarget } from '../choose-target.ts';
import type { CliIo } from '../cli-io.ts';
import type { CliRuntime, RuntimeOptions } from '../cli-runtime.ts';
import { type Deployment, tableOfDeployment, topicOf } from '../deployment/deployment.ts';
import { checkStack } from '../deployment/stack-unusable.ts';
import { attempt } from '../doctor/attempt.ts';
import { type DoctorClients, openDoctorClients } from '../doctor/doctor-clients.ts';
import { examineDeployment } from '../doctor/examine-deployment.ts';
import { examinePostgres } from '../doctor/examine-postgres.ts';
import { examineRedshift } from '../doctor/examine-redshift.ts';
import { examineRuns, RUNS_LOOKED_AT } from '../doctor/examine-runs.ts';
import { type CheckedGroup, presentChecks } from '../doctor/present-checks.ts';
import type { ExitCode } from '../exit-codes.ts';

export interface DoctorOptions extends Omit<RuntimeOptions, 'config'> {
  readonly target?: string;
  readonly stage?: string;
  readonly json?: boolean;
}

/**
 * Looks whether everything that Slotkeeper needs is there and works, and says how to mend what does not. It changes
 * nothing.
 *
 * @returns 0: nothing to mend; 10: warnings only; 1: problems
 * @throws what keeps every question from being answered: no network, region or credentials
 */
export async function doctorCommand(
  runtime: CliRuntime,
  io: CliIo,
  options: DoctorOptions,
  openClients: (options: DoctorOptions) => DoctorClients = openDoctorClients,
): Promise<ExitCode> {
  const { config, configPath } = runtime;
  const targets =
    options.target === undefined ? Object.values(config.targets) : [chooseTarget(config, configPath, options.target)];
  const clients = openClients(options);
  try {
    const deployed = await attempt(clients.endpoint, () => runtime.deployments.list());
    const wanted = options.stage ?? null;
    const meant = deployed.known ? deploymentOf(deployed.value, wanted) : null;
    const unusable = meant === null ? null : faultOf(meant);
    const deployment = unusable === null ? meant : null;
    const stages = deployed.known
      ? known({ stages: deployed.value.map(({ stage }) => stage), wanted, unusable })
      : deployed;
    const runs = await readRuns(runtime, clients.endpoint, deployment);
    const shared = [
      judgeTransport(clients.endpoint),
      judgeDeployment(stages),
      ...(deployment === null
        ? []
        : await examineDeployment(clients, { config, targets, deployment, runs, now: runtime.now() })),
    ];
    const groups: CheckedGroup[] = [{ target: null, checks: shared }];
    for (const target of targets) {
      groups.push({ target, checks: await examineTarget(runtime, clients, deployment, target, runs) });
    }
    return presentChecks(io, { json: options.json ?? false, stage: deployment?.stage ?? null, groups });
  } finally {
    clients.close();
  }
}

/** The stage that is named, or the only one; null: which one is meant cannot be told. */
function deploymentOf(all: readonly Deployment[], wanted: string | null): Deployment | null {
  const found = wanted === null ? all : all.filter(({ stage }) => stage === wanted);
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** Why a stage cannot be worked with: its stack is not whole, or tells less than is needed. */
function faultOf(deployment: Deployment): string | null {
  try {
    checkStack(deployment);
    tableOfDeployment(deployment);
    topicOf(deployment, 'owners');
    topicOf(deployment, 'operators');
    return null;
  } catch (error) {
    if (error instanceof SlotkeeperError) {
      return error.message;
    }
    throw error;
  }
}

/** The newest runs of every target, by its name. */
async function readRuns(
  { config, tableOf }: CliRuntime,
  endpoint: string | null,
  deployment: Deployment | null,
): Promise<ReadonlyMap<string, RunsFact>> {
  const runs = new Map<string, RunsFact>();
  if (deployment !== null) {
    const table = tableOf(deployment);
    for (const target of Object.keys(config.targets)) {
      const ask = async () => (await table.listRuns({ target, limit: RUNS_LOOKED_AT })).items;
      runs.set(target, await attempt(endpoint, ask));
    }
  }
  return runs;
}

type RunsFact = Fact<readonly RunRecord[]>;

async function examineTarget(
  runtime: CliRuntime,
  clients: DoctorClients,
  deployment: Deployment | null,
  target: TargetConfig,
  runsOf: ReadonlyMap<string, RunsFact>,
): Promise<readonly Check[]> {
  const { endpoint } = clients;
  const table = deployment === null ? null : runtime.tableOf(deployment);
  const runs = runsOf.get(target.name) ?? unknown('no deployment to read runs from: see deployment');
  return [
    ...(isDataApiTarget(target)
      ? await examineRedshift({ runtime, endpoint, table, runs }, target)
      : await examinePostgres({ open: openByFile, now: runtime.now, slots: target.slots, runs }, target)),
    ...(deployment === null || table === null
      ? []
      : await examineRuns({ clients, config: runtime.config, deployment, table, runs, now: runtime.now }, target)),
  ];
}

/** With the secret or the token that slotkeeper.yml names; a password of the environment stands in for neither. */
const openByFile = createPostgresOpener(createPostgresPasswords(() => null));
