import type { BackendRecord } from './backend-record.ts';
import type { LifecycleEvent } from './lifecycle-event.ts';
import { stateAfter } from './state-after.ts';

/** An item stays far below DynamoDB's 400 KB, however often its backend is warned. */
const EVENTS_KEPT = 100;

/** What a verb changes besides state, version and history. */
export type Changes = Partial<
  Omit<BackendRecord, 'identity' | 'state' | 'version' | 'events' | 'eventsDropped' | 'updatedAt'>
>;

/** The record after one more event: its state is the event's, its version one higher. */
export function appendEvent(record: BackendRecord, event: LifecycleEvent, changes: Changes): BackendRecord {
  const events = [...record.events, event];
  const dropped = Math.max(0, events.length - EVENTS_KEPT);
  return {
    ...record,
    ...changes,
    state: stateAfter(event.type),
    version: record.version + 1,
    events: events.slice(dropped),
    eventsDropped: record.eventsDropped + dropped,
    updatedAt: event.at,
  };
}
