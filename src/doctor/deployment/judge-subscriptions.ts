import type { Check, Mend } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';
import { quoteWord } from '../quote.ts';
import { type FilterPolicy, filterLetsThrough } from './filter-lets-through.ts';

/** One subscription of a topic. Its endpoint is somebody's address and not told. */
export interface Subscription {
  readonly protocol: string;
  readonly confirmed: boolean;
  /** Null: everything is delivered; `unreadable`: it has one that could not be read. */
  readonly filter: FilterPolicy | null | 'unreadable';
}

export interface SubscriptionContext {
  readonly audience: 'owners' | 'operators';
  readonly topicArn: string;
  /** Owners that slotkeeper.yml names, who must each be reached; empty for operators. */
  readonly owners: readonly string[];
}

/** Subscribing more owners than this by hand is not what somebody wants to read. */
const MEND_LINES = 5;

/**
 * Whether messages of a topic reach anybody. SNS takes a message for a topic without subscribers and calls it
 * delivered, so that a receipt alone does not say that somebody was told.
 */
export function judgeSubscriptions(fact: Fact<readonly Subscription[]>, context: SubscriptionContext): Check {
  const { audience, topicArn, owners } = context;
  return checkFact(
    {
      name: `${audience}-subscribed`,
      question:
        audience === 'owners' ? 'Does every owner get his notices?' : 'Does anybody get the alerts of failed runs?',
      expected:
        audience === 'owners'
          ? 'a confirmed subscription for each owner that slotkeeper.yml names'
          : 'at least one confirmed subscription',
      source: 'AWS pages sns-create-subscribe-endpoint-to-topic (confirmation), sns-subscription-filter-policies',
    },
    fact,
    (subscriptions) => {
      const confirmed = subscriptions.filter((one) => one.confirmed);
      const pending = subscriptions.length - confirmed.length;
      const sum = `${countProtocols(confirmed)} confirmed${pending === 0 ? '' : `, ${pending} never confirmed`}`;
      const missed = owners.filter((owner) => !confirmed.some(({ filter }) => reaches(filter, owner) !== 'no'));
      if (confirmed.length === 0 || missed.length > 0) {
        const whom = confirmed.length === 0 ? 'nobody is told' : `nobody is told for ${missed.join(', ')}`;
        return { verdict: 'problem', found: `${sum}: ${whom}`, mend: subscribe(topicArn, audience, missed) };
      }
      const unclear = owners.filter((owner) => !confirmed.some(({ filter }) => reaches(filter, owner) === 'yes'));
      if (unclear.length > 0) {
        const found = `${sum}; whether their filter policies let notices for ${unclear.join(', ')} through was not told by what could be read`;
        return { verdict: 'cannot-tell', found };
      }
      return pending === 0
        ? { verdict: 'ok', found: sum }
        : {
            verdict: 'warning',
            found: `${sum}: look for the mail "AWS Notification - Subscription Confirmation"`,
            mend: [{ kind: 'cli', line: `aws sns list-subscriptions-by-topic --topic-arn ${topicArn}` }],
          };
    },
  );
}

function reaches(filter: Subscription['filter'], owner: string): 'yes' | 'no' | 'unclear' {
  return filter === null ? 'yes' : filter === 'unreadable' ? 'unclear' : filterLetsThrough(filter, { owner });
}

function subscribe(topicArn: string, audience: SubscriptionContext['audience'], missed: readonly string[]): Mend[] {
  const base = `aws sns subscribe --topic-arn ${topicArn} --protocol email --notification-endpoint`;
  if (audience === 'operators' || missed.length === 0) {
    return [{ kind: 'cli', line: `${base} oncall@example.com` }];
  }
  return missed.slice(0, MEND_LINES).map((owner) => {
    const filter = JSON.stringify({ FilterPolicy: JSON.stringify({ owner: [owner] }) });
    return { kind: 'cli', line: `${base} ${quoteWord(owner)} --attributes ${quoteWord(filter)}` };
  });
}

/** e.g. `2 (1 email, 1 sqs)` */
function countProtocols(subscriptions: readonly Subscription[]): string {
  const protocols = subscriptions.map(({ protocol }) => protocol);
  const parts = [...new Set(protocols)].map((name) => `${protocols.filter((other) => other === name).length} ${name}`);
  return parts.length === 0 ? '0' : `${subscriptions.length} (${parts.join(', ')})`;
}
