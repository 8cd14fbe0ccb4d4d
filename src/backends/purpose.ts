/**
 * What a backend may be idle for, so that its silence is no sign that it was forgotten:
 *
 * - `dump`: it calls itself one of PostgreSQL's own programs for dumps, which wait on purpose.
 * - `listener`: its last statement was LISTEN, and it waits for what others notify.
 * - `advisory-lock`: it holds an advisory lock outside of a transaction, as those do who were elected to lead.
 */
export const PURPOSES = ['dump', 'listener', 'advisory-lock'] as const;

export type Purpose = (typeof PURPOSES)[number];
