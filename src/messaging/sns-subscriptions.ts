import {
  AuthorizationErrorException,
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  NotFoundException,
  type SNSClient,
} from '@aws-sdk/client-sns';
import pMap from 'p-map';
import type { SubscriptionFilter } from '../notices/takes-message.ts';

/** What a topic's subscriptions let through. */
export interface TopicSubscriptions {
  /** One filter per confirmed subscription. */
  readonly confirmed: readonly SubscriptionFilter[];
  /** Confirmed ones of other accounts: what they let through is not told. */
  readonly unseen: number;
  /** How many wait for their confirmation. */
  readonly pending: number;
}

/** A list on which somebody takes the message is believed for so long, one on which nobody does only for a moment. */
const BELIEVED_MS = 60_000;
const DOUBTED_MS = 2_000;

/** GetSubscriptionAttributes is asked once per confirmed subscription, so many at a time. */
const CONCURRENCY = 4;

/**
 * Reads a topic's subscriptions, and remembers them: fifty owners of one run are not fifty lists.
 *
 * `SubscriptionArn` of a subscription that nobody has confirmed is the word PendingConfirmation, and Deleted of one that
 * is gone (SNS API reference, ListSubscriptionsByTopic; developer guide, "Deleting a subscription").
 *
 * @param now milliseconds since 1970
 */
export function createSnsSubscriptions(client: SNSClient, topicArn: string, now: () => number) {
  let last: { readonly at: number; readonly subscriptions: Promise<TopicSubscriptions> } | null = null;

  const ask = (): Promise<TopicSubscriptions> => {
    const asked = { at: now(), subscriptions: readSubscriptions(client, topicArn) };
    last = asked;
    asked.subscriptions.catch(() => {
      // Whoever waits for it gets the error; the next one asks anew.
      last = last === asked ? null : last;
    });
    return asked.subscriptions;
  };

  /** @param suffices whether the answer is one that may be remembered for longer */
  return async (suffices: (subscriptions: TopicSubscriptions) => boolean): Promise<TopicSubscriptions> => {
    const age = last === null ? Number.POSITIVE_INFINITY : Math.abs(now() - last.at);
    if (last === null || age > BELIEVED_MS) {
      return await ask();
    }
    const known = await last.subscriptions;
    return suffices(known) || age <= DOUBTED_MS ? known : await ask();
  };
}

async function readSubscriptions(client: SNSClient, topicArn: string): Promise<TopicSubscriptions> {
  const arns: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new ListSubscriptionsByTopicCommand({
        TopicArn: topicArn,
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      }),
    );
    arns.push(...(page.Subscriptions ?? []).map(({ SubscriptionArn }) => SubscriptionArn ?? 'Deleted'));
    nextToken = page.NextToken;
  } while (nextToken !== undefined && nextToken !== '');
  const filters = await pMap(
    arns.filter((arn) => arn.startsWith('arn:')),
    (arn) => readFilter(client, arn),
    { concurrency: CONCURRENCY },
  );
  return {
    confirmed: filters.filter((filter) => filter !== null && filter !== 'unseen'),
    unseen: filters.filter((filter) => filter === 'unseen').length,
    pending: arns.filter((arn) => arn === 'PendingConfirmation').length,
  };
}

/**
 * Null: it was deleted since the list was made, or its attributes say that it is not confirmed. The attributes of a
 * subscription that another account made are refused (ansible-collections/community.aws#1418).
 */
async function readFilter(client: SNSClient, arn: string): Promise<SubscriptionFilter | 'unseen' | null> {
  try {
    const { Attributes } = await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: arn }));
    return Attributes?.['PendingConfirmation'] === 'true'
      ? null
      : { policy: Attributes?.['FilterPolicy'], scope: Attributes?.['FilterPolicyScope'] };
  } catch (error) {
    if (error instanceof NotFoundException) {
      return null;
    }
    if (error instanceof AuthorizationErrorException) {
      return 'unseen';
    }
    throw error;
  }
}
