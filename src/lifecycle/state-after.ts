import type { BackendState } from './backend-record.ts';
import type { LifecycleEventType } from './lifecycle-event.ts';

const STATE_AFTER: Readonly<Record<LifecycleEventType, BackendState>> = {
  warned: 'warned',
  recovered: 'recovered',
  snoozed: 'snoozed',
  // Still snoozed, until a moment that has come or was announced before.
  'snooze-ended': 'snoozed',
  'termination-claimed': 'terminating',
  'termination-signalled': 'terminating',
  terminated: 'terminated',
  'termination-failed': 'terminated',
  gone: 'gone',
  // What its client did afterwards changes nothing about it.
  reconnected: 'terminated',
};

/** The state in which an event leaves a backend. A record's state is always that of its newest event. */
export function stateAfter(type: LifecycleEventType): BackendState {
  return STATE_AFTER[type];
}
