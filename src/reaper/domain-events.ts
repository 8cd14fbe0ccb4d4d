import type { BackendRecord } from '../lifecycle/backend-record.ts';
import type { LifecycleEventType } from '../lifecycle/lifecycle-event.ts';
import type { DomainEvent } from '../messaging/event-publisher.ts';

/** The detail types on the event bus; they are part of the contract with those who listen. */
const DETAIL_TYPE: Readonly<Record<LifecycleEventType, string>> = {
  warned: 'Backend Warned',
  recovered: 'Backend Recovered',
  snoozed: 'Backend Snoozed',
  'snooze-ended': 'Backend Snooze Ended',
  'termination-claimed': 'Backend Termination Claimed',
  'termination-signalled': 'Backend Termination Signalled',
  terminated: 'Backend Terminated',
  'termination-failed': 'Backend Termination Failed',
  gone: 'Backend Gone',
  reconnected: 'Backend Reconnected',
};

/**
 * What one actor did to a backend, as facts for the event bus.
 *
 * An event's number in the history of its backend is the version that it was saved with, so its id is the same however
 * often it is published, and no other event has it.
 */
export function domainEventsOf(record: BackendRecord, by: string): readonly DomainEvent[] {
  const { target, pid, startedAt, user } = record.identity;
  return record.events.flatMap((event, index) => {
    if (event.by !== by) {
      return [];
    }
    const version = record.eventsDropped + index + 1;
    return [
      {
        type: DETAIL_TYPE[event.type],
        id: `${target}/${pid}/${startedAt}/${version}`,
        at: event.at,
        detail: {
          target,
          pid,
          startedAt,
          user,
          database: record.database,
          application: record.application,
          rule: record.rule,
          owner: record.owner,
          by,
          version,
          ...event.detail,
        },
      },
    ];
  });
}
