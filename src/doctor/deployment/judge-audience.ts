import { toAttribute } from '../../notices/printable.ts';
import type { Check, Mend } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';
import { quoteWord } from '../quote.ts';

/** Who would get one kind of message, as a run asks before it sends it. */
export interface Reach {
  /** Whose message it is; null: an alert for operators. */
  readonly owner: string | null;
  readonly target: string;
  /** Confirmed subscriptions that take it. */
  readonly confirmed: number;
  /** Subscriptions of the topic that nobody has confirmed. */
  readonly pending: number;
  /** Confirmed ones whose filter refuses it, or cannot be seen or understood. */
  readonly filtered: number;
}

export interface AudienceContext {
  readonly audience: 'owners' | 'operators';
  readonly topicArn: string;
}

/** Subscribing more people than this by hand is not what somebody wants to read. */
const MEND_LINES = 5;

/**
 * Whether messages reach anybody. SNS takes a message for a topic without subscribers and calls it delivered; a run
 * therefore counts only what a confirmed subscription takes, and ends nothing of an owner whom none reaches.
 */
export function judgeAudience(fact: Fact<readonly Reach[]>, { audience, topicArn }: AudienceContext): Check {
  return checkFact(
    {
      name: `${audience}-subscribed`,
      question:
        audience === 'owners' ? 'Does every owner get his notices?' : 'Does anybody get the alerts of failed runs?',
      expected:
        audience === 'owners'
          ? 'for each owner that slotkeeper.yml names a confirmed subscription that takes his notices'
          : 'a confirmed subscription that takes the alerts',
      source: 'docs/notices.md; AWS pages sns-create-subscribe-endpoint-to-topic, sns-message-filtering',
    },
    fact,
    (reaches) => {
      const missed = reaches.filter(({ confirmed }) => confirmed === 0);
      const pending = Math.max(0, ...reaches.map((reach) => reach.pending));
      const waiting = pending === 0 ? '' : `; ${pending} never confirmed`;
      if (missed.length > 0) {
        const whom = missed.map(({ owner, target }) => `${owner ?? 'operators'} (target ${target})`);
        const filtered = Math.max(...missed.map((reach) => reach.filtered));
        const held = filtered === 0 ? '' : `; the filters of ${filtered} confirmed refuse it, or cannot be seen`;
        return {
          verdict: 'problem',
          found: `nobody is told for ${whom.join(', ')}${waiting}${held}`,
          mend: subscribe(topicArn, missed),
        };
      }
      const owners = new Set(reaches.map(({ owner }) => owner)).size;
      const found = audience === 'owners' ? `${owners} of ${owners} owners are reached` : 'they are reached';
      return pending === 0
        ? { verdict: 'ok', found }
        : {
            verdict: 'warning',
            found: `${found}${waiting}: look for the mail "AWS Notification - Subscription Confirmation"`,
            mend: [{ kind: 'cli', line: `aws sns list-subscriptions-by-topic --topic-arn ${topicArn}` }],
          };
    },
  );
}

function subscribe(topicArn: string, missed: readonly Reach[]): Mend[] {
  const base = `aws sns subscribe --topic-arn ${topicArn} --protocol email --notification-endpoint`;
  const owners = [...new Set(missed.map(({ owner }) => owner))];
  return owners.slice(0, MEND_LINES).map((owner) => {
    if (owner === null) {
      return { kind: 'cli', line: `${base} oncall@example.com` };
    }
    const filter = JSON.stringify({ FilterPolicy: JSON.stringify({ owner: [toAttribute(owner)] }) });
    return { kind: 'cli', line: `${base} ${quoteWord(owner)} --attributes ${quoteWord(filter)}` };
  });
}
