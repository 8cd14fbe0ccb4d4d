/**
 * Every metric that Slotkeeper writes, in one place: code emits these, alarms and dashboard name these, and a test
 * compares the two. All are in one namespace, with the dimension `target`.
 */
export const METRIC_NAMESPACE = 'Slotkeeper';

/** What a run measured; each is a count. */
export const RUN_METRICS = [
  'BackendsSeen',
  'BackendsWarned',
  'BackendsRecovered',
  'BackendsSnoozed',
  'BackendsEnded',
  'BackendsDenied',
  'BackendsStillThere',
  'ClientsThrashing',
  'NoticesFailed',
  'EventsFailed',
  'FreeSlots',
  /** Calls that a step of a run made; the looks of the state machine itself are not among them. */
  'DataApiCalls',
  /** 1 for a run that failed, 0 for every other one that had begun. */
  'RunFailed',
  /** 1 for a run that refused to act, 0 for every other one that had begun; with the dimension `refusal`, too. */
  'RunRefused',
  /** 1 for a run that found another one under way. */
  'RunSkipped',
] as const;

export type RunMetricName = (typeof RUN_METRICS)[number];

/** Things that a pool counts. A hit is a statement on a session that was there, a miss one that had to open it. */
export const POOL_COUNTS = [
  'SessionHit',
  'SessionMiss',
  'SessionCreated',
  'SessionExpired',
  'SessionInvalid',
  'LeaseConflict',
  /** Callers who got no session in time. */
  'PoolExhausted',
] as const;

export type PoolCount = (typeof POOL_COUNTS)[number];

/** What a pool measures in milliseconds. */
export const POOL_DURATIONS = ['PoolWait', 'StatementTime'] as const;

export type PoolDuration = (typeof POOL_DURATIONS)[number];

export type MetricName = RunMetricName | PoolCount | PoolDuration;
