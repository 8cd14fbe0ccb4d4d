import { GetSubscriptionAttributesCommand, paginateListSubscriptionsByTopic } from '@aws-sdk/client-sns';
import type { Subscription } from '../../doctor/deployment/judge-subscriptions.ts';
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
