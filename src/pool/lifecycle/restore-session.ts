import type { PooledSessionRecord } from '../pooled-session.ts';
import { appendPoolEvent } from './append-pool-event.ts';
import { IllegalPoolTransition } from './illegal-pool-transition.ts';

/**
 * Whether a session that drains may be handed out again: a run of the reaper has drained it while it was available, so
 * it is as clean as it was then. What a pool drains, or what had a lease then, nobody gets any more.
 */
export function canRestore(record: PooledSessionRecord): boolean {
  const drained = drainingOf(record);
  return record.state === 'draining' && drained?.detail['from'] === 'available' && drained.by.startsWith('run:');
}

/** When and by whom it was drained; undefined: it is not, or that is no longer in its history. */
export function drainingOf(record: PooledSessionRecord) {
  return record.events.findLast(({ type, session }) => type === 'draining' && session === record.id);
}

/**
 * The reaper does not end the session after all: others may have it again.
 *
 * @throws IllegalPoolTransition when it may not be handed out again ({@link canRestore})
 */
export function restoreSession(
  record: PooledSessionRecord,
  restored: { readonly why: string; readonly at: string; readonly by: string },
): PooledSessionRecord {
  if (!canRestore(record)) {
    throw new IllegalPoolTransition('restore', record, 'drained by the reaper while it was available');
  }
  const { why, at, by } = restored;
  return appendPoolEvent(record, 'available', { at, type: 'restored', by, detail: { why } }, {});
}
