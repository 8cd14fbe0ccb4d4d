const SUBSCRIPTION_ARN = /<SubscriptionArn>([^<]*)<\/SubscriptionArn>/g;

/** What stands in the place of an ARN that is not told before the subscription is confirmed, by operation. */
const WORD: Readonly<Record<string, string>> = {
  Subscribe: 'pending confirmation',
  ListSubscriptions: 'PendingConfirmation',
  ListSubscriptionsByTopic: 'PendingConfirmation',
};

/**
 * The answer of an operation with the ARNs of unconfirmed subscriptions hidden, as SNS does and fauxqs does not (SNS API
 * reference, Subscribe and ListSubscriptionsByTopic). `ReturnSubscriptionArn` of Subscribe asks for the ARN all the same
 * (the same page). XML of the query protocol; ARNs need no unescaping.
 *
 * @param isPending whether the subscription of that ARN waits for its confirmation
 */
export async function showPending(
  operation: string,
  request: URLSearchParams,
  answer: string,
  isPending: (arn: string) => Promise<boolean>,
): Promise<string> {
  const word = WORD[operation];
  if (word === undefined || (operation === 'Subscribe' && request.get('ReturnSubscriptionArn') === 'true')) {
    return answer;
  }
  const arns = [...answer.matchAll(SUBSCRIPTION_ARN)].map(([, arn = '']) => arn);
  const pending = new Set<string>();
  for (const arn of arns) {
    if (await isPending(arn)) {
      pending.add(arn);
    }
  }
  return answer.replaceAll(SUBSCRIPTION_ARN, (element, arn: string) =>
    pending.has(arn) ? `<SubscriptionArn>${word}</SubscriptionArn>` : element,
  );
}
