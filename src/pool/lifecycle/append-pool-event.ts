import type { PooledSessionRecord, PooledSessionState } from '../pooled-session.ts';
import type { PooledSessionEvent } from '../pooled-session-event.ts';

/** The newest events of a slot that are kept: a few sessions' worth, so that reading a tenant's slots stays cheap. */
const EVENTS_KEPT = 20;

/** What a verb changes besides version and history. */
export type PoolChanges = Partial<
  Omit<PooledSessionRecord, 'key' | 'slot' | 'version' | 'events' | 'eventsDropped' | 'updatedAt' | 'state'>
>;

/** The record after one more event, in the state that follows from it. */
export function appendPoolEvent(
  record: PooledSessionRecord,
  state: PooledSessionState,
  event: Omit<PooledSessionEvent, 'session'>,
  changes: PoolChanges,
): PooledSessionRecord {
  const events = [...record.events, { ...event, session: changes.id ?? record.id }];
  const dropped = Math.max(0, events.length - EVENTS_KEPT);
  return {
    ...record,
    ...changes,
    state,
    version: record.version + 1,
    events: events.slice(dropped),
    eventsDropped: record.eventsDropped + dropped,
    updatedAt: event.at,
  };
}
