import type { SlotkeeperConfig } from '../../config/slotkeeper-config.ts';
import type { TargetConfig } from '../../config/target-config.ts';
import type { Check } from '../../doctor/check.ts';
import { judgeAudience } from '../../doctor/deployment/judge-audience.ts';
import { judgeExecutions } from '../../doctor/deployment/judge-executions.ts';
import { judgeTable } from '../../doctor/deployment/judge-table.ts';
import { judgeExpiry, judgeRecovery } from '../../doctor/deployment/judge-table-upkeep.ts';
import { type Fact, known, unknown } from '../../doctor/fact.ts';
import { isLoopbackEndpoint } from '../../doctor/is-loopback-endpoint.ts';
import type { RunRecord } from '../../session-table/run-record.ts';
import { sessionTableSchema } from '../../session-table/session-table-schema.ts';
import { type Deployment, machinesOf, tableOfDeployment, topicOf } from '../deployment/deployment.ts';
import { attempt } from './attempt.ts';
import type { DoctorClients } from './doctor-clients.ts';
import { readOperatorsAudience, readOwnersAudience } from './read-audience.ts';
import { readExecutions } from './read-executions.ts';
import { readExpiry, readRecovery, readTable } from './read-table.ts';
import { tableShape } from './table-shape.ts';

/** What is looked at, and what is known of its runs. */
export interface DeploymentWorld {
  readonly config: SlotkeeperConfig;
  /** Those that are looked at: all of the configuration, or the one that was named. */
  readonly targets: readonly TargetConfig[];
  readonly deployment: Deployment;
  /** The newest runs of every target. */
  readonly runs: ReadonlyMap<string, Fact<readonly RunRecord[]>>;
  readonly now: Date;
}

/** No longer ago than this may an execution be, seconds; records live at least as long (runs.retention). */
const LOOK_BACK = 7 * 86_400;

/**
 * Looks at what all targets of a stage share: the topics and the session table.
 *
 * @throws OutputMissing
 */
export async function examineDeployment(
  clients: DoctorClients,
  { config, targets, deployment, runs, now }: DeploymentWorld,
): Promise<readonly Check[]> {
  const { endpoint } = clients;
  const { stage } = deployment;
  const table = tableOfDeployment(deployment);
  const owners = topicOf(deployment, 'owners');
  const operators = topicOf(deployment, 'operators');
  // What the embedded cloud does not have is nothing to mend there.
  const embedded = endpoint !== null && isLoopbackEndpoint(endpoint);
  const since = new Date(now.getTime() - Math.min(LOOK_BACK, config.runs.retention) * 1000);
  const recorded = recordedOf(runs);
  const [executions, owned, operated, shape, expiry, recovery] = await Promise.all([
    recorded.known
      ? attempt(endpoint, () => readExecutions(clients, machinesOf(deployment), recorded.value, since))
      : recorded,
    attempt(endpoint, () => readOwnersAudience(clients, owners, targets, config)),
    attempt(endpoint, () => readOperatorsAudience(clients, operators, targets)),
    attempt(endpoint, () => readTable(clients, table)),
    embedded ? unknown('the embedded DynamoDB expires nothing') : attempt(endpoint, () => readExpiry(clients, table)),
    embedded ? unknown('the embedded DynamoDB has no recovery') : attempt(endpoint, () => readRecovery(clients, table)),
  ]);
  return [
    judgeExecutions(executions),
    judgeAudience(owned, { audience: 'owners', topicArn: owners }),
    judgeAudience(operated, { audience: 'operators', topicArn: operators }),
    judgeTable(shape, { table, stage, shape: tableShape(sessionTableSchema(table)) }),
    judgeExpiry(expiry, { table }),
    judgeRecovery(recovery, { table }),
  ];
}

/** Ids of all runs on record; unknown where those of one target are. */
function recordedOf(runs: DeploymentWorld['runs']): Fact<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const fact of runs.values()) {
    if (!fact.known) {
      return fact;
    }
    for (const { runId } of fact.value) {
      ids.add(runId);
    }
  }
  return known(ids);
}
