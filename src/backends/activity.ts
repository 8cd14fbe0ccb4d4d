/** What an idle backend may be; a rule can be about these. */
export const IDLE_ACTIVITIES = [
  'idle',
  'idle-in-transaction',
  'idle-in-transaction-holding-locks',
  'idle-in-transaction-aborted',
] as const;

export const ACTIVITIES = ['running', ...IDLE_ACTIVITIES, 'unknown'] as const;

/**
 * What a backend is doing. `unknown` is honest: the evidence did not allow one of the others, and nothing is ever done
 * to such a backend. An aborted transaction has lost its work and its locks already, and waits for its ROLLBACK; no
 * view of Redshift tells it from the other idle ones.
 */
export type Activity = (typeof ACTIVITIES)[number];

export type IdleActivity = (typeof IDLE_ACTIVITIES)[number];
