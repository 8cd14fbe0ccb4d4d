import { arn, getAtt, REGION, ref, sub } from './cloudformation.ts';
import { type FunctionRights, KEYS } from './function-rights.ts';
import { allow, type PolicyStatement } from './policy-statement.ts';
import type { StackNames } from './stack-names.ts';

const TOPICS = { owners: 'OwnersTopic', operators: 'OperatorsTopic' } as const;

/** The statements by which a function's code does what its rights say. */
export function codeStatements(rights: FunctionRights): PolicyStatement[] {
  return [
    ...tableStatements(rights),
    ...(rights.publishes === undefined ? [] : publishStatements(rights.publishes)),
    ...(rights.readsSubscriptions === true ? subscriptionStatements() : []),
    ...(rights.publishesEvents === true ? [eventStatement()] : []),
    ...(rights.readsSnoozeKey === true ? [allow(['secretsmanager:GetSecretValue'], ref('SnoozeKey'))] : []),
  ];
}

/** Items of these partitions only. */
export function tableStatements({ table, keys, live }: Pick<FunctionRights, 'table' | 'keys' | 'live'>) {
  const item = table.map((action) => `dynamodb:${action}`);
  return [
    allow(item, getAtt('SessionTable', 'Arn'), leadingKeys(keys)),
    ...(live === undefined
      ? []
      : [allow(['dynamodb:Query'], sub(`\${SessionTable.Arn}/index/live`), leadingKeys(live))]),
  ];
}

function leadingKeys(kinds: readonly (keyof typeof KEYS)[]): NonNullable<PolicyStatement['Condition']> {
  return { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': kinds.map((kind) => KEYS[kind]) } };
}

/** @param condition on who publishes; what SNS asks of KMS in his name does not say who he is. */
export function publishStatements(
  topic: keyof typeof TOPICS,
  condition?: PolicyStatement['Condition'],
): PolicyStatement[] {
  return [
    allow(['sns:Publish'], ref(TOPICS[topic]), condition),
    // Who publishes to an encrypted topic needs both, by way of SNS only (SNS guide, "Key management": the `*` is the
    // guide's; it stands for the ways to be given a data key).
    allow(['kms:Decrypt', 'kms:GenerateDataKey*'], getAtt('TopicKey', 'Arn'), {
      StringEquals: { 'kms:ViaService': sub(`sns.${REGION}.\${AWS::URLSuffix}`) },
    }),
  ];
}

/** Whether somebody gets a notice before it counts. */
function subscriptionStatements(): PolicyStatement[] {
  return [
    allow(['sns:ListSubscriptionsByTopic'], ref(TOPICS.owners)),
    // `*`: SNS has no subscriptions that a policy could name (Service Authorization Reference, Amazon SNS).
    allow(['sns:GetSubscriptionAttributes'], '*'),
  ];
}

export function eventStatement(): PolicyStatement {
  return allow(['events:PutEvents'], arn('events', 'event-bus/default'), {
    StringEquals: { 'events:source': 'slotkeeper' },
  });
}

/** A function's own log and traces. */
export function logStatements(names: StackNames, keys: readonly string[]): PolicyStatement[] {
  return [
    allow(
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      keys.map((key) => arn('logs', `log-group:/aws/lambda/${names.functionName(key)}:*`)),
    ),
    // `*`: X-Ray takes no resource names (Service Authorization Reference, AWS X-Ray).
    allow(['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], '*'),
  ];
}
