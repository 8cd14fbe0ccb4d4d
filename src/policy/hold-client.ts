import type { ClientHold } from './client-hold.ts';
import type { Draft } from './judge-at-steps.ts';
import type { Reason } from './verdict.ts';

/** The clauses of every verdict that a hold has changed. */
export const RECONNECTS_CLAUSE = 'ends after which its client was back < thrash.reconnects';
export const HOLD_CLAUSE = 'hold of its client is over';

/**
 * Takes back the end of a backend whose client thrashes, and the warning of an end that would not come; a rule that only
 * warns goes on doing so. Ends that were announced before come after the hold at the earliest.
 */
export function holdClient(draft: Draft, hold: ClientHold | undefined, now: Date): Draft {
  if (hold === undefined) {
    return draft;
  }
  const { verdict } = draft;
  const { action, code, endsAt } = verdict;
  const waits = code === 'warned-waiting' || code === 'below-termination' || code === 'low-confidence';
  if (endsAt === null || (action === 'keep' && !waits)) {
    return draft;
  }
  const held = {
    ...verdict,
    endsAt: Date.parse(endsAt) < Date.parse(hold.until) ? hold.until : endsAt,
    reasons: [...verdict.reasons, ...clausesOf(hold, now)],
  };
  return { verdict: action === 'keep' ? held : { ...held, action: 'keep', code: 'thrashing' }, dueStep: null };
}

function clausesOf({ reconnects, limit, until }: ClientHold, now: Date): readonly Reason[] {
  return [
    { clause: RECONNECTS_CLAUSE, measured: reconnects, limit, held: false },
    { clause: HOLD_CLAUSE, measured: until, limit: now.toISOString(), held: false },
  ];
}
