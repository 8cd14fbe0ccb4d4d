import type { SlotkeeperConfig, TargetConfig } from '../../config/slotkeeper-config.ts';
import type { Check } from '../../doctor/check.ts';
import { judgeSubscriptions } from '../../doctor/deployment/judge-subscriptions.ts';
import { judgeTable } from '../../doctor/deployment/judge-table.ts';
import { judgeExpiry, judgeRecovery } from '../../doctor/deployment/judge-table-upkeep.ts';
import { unknown } from '../../doctor/fact.ts';
import { isLoopbackEndpoint } from '../../doctor/is-loopback-endpoint.ts';
import { sessionTableSchema } from '../../session-table/session-table-schema.ts';
import type { Reaper } from '../executions.ts';
import { tableNameOf } from '../resource-names.ts';
import { attempt } from './attempt.ts';
import type { DoctorClients } from './doctor-clients.ts';
import { readSubscriptions } from './read-subscriptions.ts';
import { readExpiry, readRecovery, readTable } from './read-table.ts';
import { tableShape } from './table-shape.ts';

/** Looks at what all targets of a stage share: the topics and the session table. */
export async function examineDeployment(
  clients: DoctorClients,
  config: SlotkeeperConfig,
  { stage, stateMachineArn }: Reaper,
): Promise<readonly Check[]> {
  const { endpoint } = clients;
  const table = tableNameOf(stage);
  const owners = topicArn(stateMachineArn, stage, 'owners');
  const operators = topicArn(stateMachineArn, stage, 'operators');
  // What the embedded cloud does not have is nothing to mend there.
  const embedded = endpoint !== null && isLoopbackEndpoint(endpoint);
  const [owned, operated, shape, expiry, recovery] = await Promise.all([
    attempt(endpoint, () => readSubscriptions(clients, owners)),
    attempt(endpoint, () => readSubscriptions(clients, operators)),
    attempt(endpoint, () => readTable(clients, table)),
    embedded ? unknown('the embedded DynamoDB expires nothing') : attempt(endpoint, () => readExpiry(clients, table)),
    embedded ? unknown('the embedded DynamoDB has no recovery') : attempt(endpoint, () => readRecovery(clients, table)),
  ]);
  return [
    judgeSubscriptions(owned, { audience: 'owners', topicArn: owners, owners: ownersOf(config) }),
    judgeSubscriptions(operated, { audience: 'operators', topicArn: operators, owners: [] }),
    judgeTable(shape, { table, stage, shape: tableShape(sessionTableSchema(table)) }),
    judgeExpiry(expiry, { table }),
    judgeRecovery(recovery, { table }),
  ];
}

/** The topics are the state machine's neighbours: same partition, region and account (serverless.yml). */
function topicArn(stateMachineArn: string, stage: string, audience: 'owners' | 'operators'): string {
  const [, partition = 'aws', , region = '', account = ''] = stateMachineArn.split(':');
  return `arn:${partition}:sns:${region}:${account}:slotkeeper-${stage}-${audience}`;
}

/** Everybody whom slotkeeper.yml names as an owner, each once. */
function ownersOf({ notices, targets }: SlotkeeperConfig): readonly string[] {
  const named = Object.values(targets).flatMap(({ rules }: TargetConfig) => rules.flatMap(({ owner }) => owner ?? []));
  return [...new Set([notices.defaultOwner, ...notices.owners.map(({ owner }) => owner), ...named])];
}
