/** What can happen to a backend, in the past tense. */
export const LIFECYCLE_EVENT_TYPES = [
  'warned',
  'recovered',
  'snoozed',
  'snooze-ended',
  'termination-claimed',
  'termination-signalled',
  'terminated',
  'termination-failed',
  'gone',
  'reconnected',
] as const;

export type LifecycleEventType = (typeof LIFECYCLE_EVENT_TYPES)[number];

/** One entry of an item's history. It is written in the same conditional update as the state that it explains. */
export interface LifecycleEvent {
  /** ISO 8601, UTC, Slotkeeper's clock. */
  readonly at: string;
  readonly type: LifecycleEventType;
  /** Who did it: `run:<runId>`, `pool:<tenant>`, `cli:<user>`, `link:<owner>`, `sql:<user>`. */
  readonly by: string;
  /** Measured values that explain it; never SQL text, a secret or a SessionId. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}
