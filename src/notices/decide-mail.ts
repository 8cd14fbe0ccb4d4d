import type { MailEntry } from './mail-entry.ts';
import type { MailRate } from './mail-rate.ts';

/** What is to be done about a notice to one owner. */
export type MailDecision =
  /** Send it; `kept` is what still counts of the earlier messages. */
  | { readonly kind: 'send'; readonly kept: readonly MailEntry[] }
  /** He was told of the very same: its receipt counts. */
  | { readonly kind: 'adopt'; readonly sent: NonNullable<MailEntry['sent']>; readonly runId: string }
  /** The bound is reached; from then on (ISO 8601, UTC) one more may go. */
  | { readonly kind: 'defer'; readonly until: string };

/**
 * Decides by what the owner was sent within the window that ends now. A message that was put down counts whether or not
 * it is known to have gone out, so that a crash between the two never leads past the bound; and one that is proven and
 * tells the same is not sent again.
 */
export function decideMail(
  messages: readonly MailEntry[],
  notice: { readonly content: string; readonly now: Date },
  rate: MailRate,
): MailDecision {
  const since = notice.now.getTime() - rate.per * 1000;
  const kept = messages.filter((entry) => countsFrom(entry) > since);
  const same = kept.findLast(({ content, sent }) => sent !== null && content === notice.content);
  if (same !== undefined && same.sent !== null) {
    return { kind: 'adopt', sent: same.sent, runId: same.runId };
  }
  const blocking = kept.at(-rate.messages);
  return kept.length < rate.messages || blocking === undefined
    ? { kind: 'send', kept }
    : { kind: 'defer', until: new Date(countsFrom(blocking) + rate.per * 1000).toISOString() };
}

/** A message counts from when it went out; it may have been put down a while before. */
function countsFrom({ at, sent }: MailEntry): number {
  return Math.max(Date.parse(at), sent === null ? 0 : Date.parse(sent.at));
}
