import type { SlotkeeperConfig } from '../../config/slotkeeper-config.ts';
import type { Check } from '../../doctor/check.ts';
import { judgeAudience } from '../../doctor/deployment/judge-audience.ts';
import { judgeTable } from '../../doctor/deployment/judge-table.ts';
import { judgeExpiry, judgeRecovery } from '../../doctor/deployment/judge-table-upkeep.ts';
import { unknown } from '../../doctor/fact.ts';
import { isLoopbackEndpoint } from '../../doctor/is-loopback-endpoint.ts';
import { sessionTableSchema } from '../../session-table/session-table-schema.ts';
import type { Reaper } from '../executions.ts';
import { tableNameOf } from '../resource-names.ts';
import { attempt } from './attempt.ts';
import type { DoctorClients } from './doctor-clients.ts';
import { readOperatorsAudience, readOwnersAudience } from './read-audience.ts';
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
    attempt(endpoint, () => readOwnersAudience(clients, owners, config)),
    attempt(endpoint, () => readOperatorsAudience(clients, operators, config)),
    attempt(endpoint, () => readTable(clients, table)),
    embedded ? unknown('the embedded DynamoDB expires nothing') : attempt(endpoint, () => readExpiry(clients, table)),
    embedded ? unknown('the embedded DynamoDB has no recovery') : attempt(endpoint, () => readRecovery(clients, table)),
  ]);
  return [
    judgeAudience(owned, { audience: 'owners', topicArn: owners }),
    judgeAudience(operated, { audience: 'operators', topicArn: operators }),
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
