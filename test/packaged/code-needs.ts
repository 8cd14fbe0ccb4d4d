import { type PortCalls, portCalls } from './port-calls.ts';
import { POOL_TABLE_NEEDS, TABLE_NEEDS, type TableNeed } from './port-needs.ts';

const TABLE = 'SessionTable.Arn';
const LIVE = `\${SessionTable.Arn}/index/live`;
const BUS = `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:event-bus/default`;

const publish = (topic: string) => [`sns:Publish ${topic}`];
const AUDIENCE = ['sns:ListSubscriptionsByTopic OwnersTopic', 'sns:GetSubscriptionAttributes *'];

/** What each command of the other ports asks of AWS; statements run on targets, which the test names. */
const CALL_NEEDS: Readonly<Record<string, readonly string[]>> = {
  'owners.publish': publish('OwnersTopic'),
  'operators.publish': publish('OperatorsTopic'),
  'owners.audienceOf': AUDIENCE,
  'events.publish': [`events:PutEvents ${BUS} if StringEquals events:source slotkeeper`],
  'keys.signing': ['secretsmanager:GetSecretValue SnoozeKey'],
  'keys.accepted': ['secretsmanager:GetSecretValue SnoozeKey'],
  'warehouse.submit': ['redshift-data:ExecuteStatement targets'],
  'warehouse.describe': ['redshift-data:DescribeStatement *'],
  'warehouse.fetchRows': ['redshift-data:GetStatementResult *'],
  'warehouse.fetchPage': ['redshift-data:GetStatementResult *'],
  'warehouse.cancel': ['redshift-data:CancelStatement *', 'redshift-data:DescribeStatement *'],
  'warehouse.findSession': ['redshift-data:ListSessions *'],
  'warehouse.listSessions': ['redshift-data:ListSessions *'],
  'warehouse.findStatements': ['redshift-data:ListStatements *'],
  // PostgreSQL's own protocol: how it signs in, the test names.
  'warehouse.query': ['servers'],
};

/**
 * Of what a handler's code could call, what it never does: PostgreSQL targets have no pool, so that a look for its
 * sessions by the index finds none, and nothing is done with any. The rest of that code is Redshift's, too.
 */
const NEVER: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  ['plan-postgres-actions', 'end-postgres-sessions', 'record-postgres-outcomes'].map((file) => [
    `functions/${file}.handler`,
    ['readPool', 'readSession', 'saveSession', 'readTargetSlots', 'releaseTargetSlot'],
  ]),
);

/** What a function's code needs of AWS, as `action resource`; of the table also `keys resource pattern`. */
export function codeNeeds(handler: string): Promise<ReadonlySet<string>> {
  const found = known.get(handler) ?? findNeeds(handler);
  known.set(handler, found);
  return found;
}

const known = new Map<string, Promise<ReadonlySet<string>>>();

async function findNeeds(handler: string): Promise<ReadonlySet<string>> {
  const code = await portCalls(handler);
  const unknown = [...code.calls].filter((call) => CALL_NEEDS[call] === undefined);
  if (unknown.length > 0) {
    throw new Error(`Expected ${handler} to call commands that are known, got ${unknown.join(', ')}.`);
  }
  return new Set([
    ...tableNeeds(code, NEVER[handler] ?? []),
    ...[...code.calls].flatMap((call) => CALL_NEEDS[call] ?? []),
  ]);
}

function tableNeeds(code: PortCalls, never: readonly string[]): string[] {
  const needs: [string, readonly TableNeed[]][] = Object.entries({ ...TABLE_NEEDS, ...POOL_TABLE_NEEDS });
  return needs
    .filter(([command]) => code.mentions(command) && !never.includes(command))
    .flatMap(([, ofCommand]) => ofCommand.flatMap(inTermsOfIam));
}

function inTermsOfIam(need: TableNeed): string[] {
  const [asked = '', kind = ''] = need.split(' ');
  const [action, index] = asked.split('@');
  const resource = index === undefined ? TABLE : LIVE.replace('live', index);
  return [`dynamodb:${action} ${resource}`, `keys ${resource} ${kind}#*`];
}
