import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type KeySchemaElement,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeRuleCommand,
  ListTargetsByRuleCommand,
  ResourceNotFoundException as RuleNotFound,
} from '@aws-sdk/client-eventbridge';
import { GetSubscriptionAttributesCommand, paginateListSubscriptionsByTopic } from '@aws-sdk/client-sns';
import type { ScheduleRule } from '../../doctor/deployment/judge-schedule.ts';
import type { Subscription } from '../../doctor/deployment/judge-subscriptions.ts';
import type { TableFacts } from '../../doctor/deployment/judge-table.ts';
import type { DoctorClients } from './doctor-clients.ts';
import { readFilterPolicy } from './read-filter-policy.ts';

/** Who is subscribed to a topic. The ARN of one that was never confirmed is the word PendingConfirmation (SNS API reference). */
export async function readSubscriptions({ sns }: DoctorClients, topicArn: string): Promise<readonly Subscription[]> {
  const subscriptions: Subscription[] = [];
  for await (const page of paginateListSubscriptionsByTopic({ client: sns }, { TopicArn: topicArn })) {
    for (const { Protocol, SubscriptionArn } of page.Subscriptions ?? []) {
      const confirmed = SubscriptionArn?.startsWith('arn:') ?? false;
      const filter = confirmed && SubscriptionArn !== undefined ? await readFilter(sns, SubscriptionArn) : null;
      subscriptions.push({ protocol: Protocol ?? 'unknown', confirmed, filter });
    }
  }
  return subscriptions;
}

/** A filter that may not be read is one that may hold anything back. */
async function readFilter(sns: DoctorClients['sns'], arn: string): Promise<Subscription['filter']> {
  try {
    const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: arn }));
    return readFilterPolicy(Attributes ?? {});
  } catch (error) {
    if (error instanceof Error && /AuthorizationError|AccessDenied|NotFound/.test(error.name)) {
      return 'unreadable';
    }
    throw error;
  }
}

/** The rule that starts runs; null: there is none of that name. */
export async function readScheduleRule(
  { events }: DoctorClients,
  { ruleName, stateMachineArn, target }: { ruleName: string; stateMachineArn: string; target: string },
): Promise<ScheduleRule | null> {
  try {
    const rule = await events.send(new DescribeRuleCommand({ Name: ruleName }));
    const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: ruleName }));
    return {
      name: ruleName,
      expression: rule.ScheduleExpression ?? null,
      enabled: rule.State !== 'DISABLED',
      startsRuns: (Targets ?? []).some(({ Arn, Input }) => Arn === stateMachineArn && targetOf(Input) === target),
    };
  } catch (error) {
    if (error instanceof RuleNotFound) {
      return null;
    }
    throw error;
  }
}

function targetOf(input: string | undefined): unknown {
  const value: unknown = input === undefined ? null : JSON.parse(input);
  return typeof value === 'object' && value !== null && 'target' in value ? value.target : undefined;
}

/** The session table as it is; null: there is none. */
export async function readTable({ dynamoDb }: DoctorClients, table: string): Promise<TableFacts | null> {
  try {
    const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName: table }));
    const indexes = Table?.GlobalSecondaryIndexes ?? [];
    return {
      status: Table?.TableStatus ?? 'unknown',
      keys: keyNames(Table?.KeySchema),
      indexes: indexes.map(({ IndexName, KeySchema, Projection }) => ({
        name: IndexName ?? '',
        keys: keyNames(KeySchema),
        projection: Projection?.ProjectionType ?? 'unknown',
      })),
      busyIndexes: indexes
        .filter(({ IndexStatus }) => IndexStatus !== 'ACTIVE')
        .map(({ IndexName }) => IndexName ?? ''),
    };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      return null;
    }
    throw error;
  }
}

/** Names of keys, hash first. */
export function keyNames(schema: readonly KeySchemaElement[] | undefined): readonly string[] {
  const keys = schema ?? [];
  return keys
    .toSorted((a, b) => (a.KeyType ?? '').localeCompare(b.KeyType ?? ''))
    .map(({ AttributeName }) => AttributeName ?? '');
}

export async function readExpiry({ dynamoDb }: DoctorClients, table: string): Promise<{ attribute: string | null }> {
  const { TimeToLiveDescription } = await dynamoDb.send(new DescribeTimeToLiveCommand({ TableName: table }));
  const on =
    TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED' || TimeToLiveDescription?.TimeToLiveStatus === 'ENABLING';
  return { attribute: on ? (TimeToLiveDescription?.AttributeName ?? null) : null };
}

export async function readRecovery({ dynamoDb }: DoctorClients, table: string): Promise<{ pointInTime: boolean }> {
  const { ContinuousBackupsDescription } = await dynamoDb.send(
    new DescribeContinuousBackupsCommand({ TableName: table }),
  );
  const status = ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
  return { pointInTime: status === 'ENABLED' };
}
