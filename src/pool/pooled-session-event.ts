/** What can happen to a pooled session, in the past tense. */
export const POOLED_SESSION_EVENT_TYPES = [
  'creating',
  'opened',
  'leased',
  'taken-over',
  'released',
  'statement-followed',
  'backend-identified',
  'draining',
  'restored',
  'ended',
] as const;

export type PooledSessionEventType = (typeof POOLED_SESSION_EVENT_TYPES)[number];

/** One entry of a slot's history, written in the same conditional put as the state that it explains. */
export interface PooledSessionEvent {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly type: PooledSessionEventType;
  /** `id` of the session that it happened to. */
  readonly session: string;
  /** Who did it: `pool:<holder>`, `event:<statementId>`, `run:<runId>`. */
  readonly by: string;
  /** Never SQL text, a secret or a SessionId. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}
