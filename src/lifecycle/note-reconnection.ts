import { appendEvent } from './append-event.ts';
import type { BackendRecord } from './backend-record.ts';
import { describeState } from './describe-state.ts';
import { IllegalTransition } from './illegal-transition.ts';
import { verifiedEnd } from './verified-end.ts';

/** A new session of the client whose session had just been ended. */
export interface Return {
  readonly pid: number;
  readonly startedAt: string;
  /** Between the end at the latest and the new session; 0: it was there when the end was seen. */
  readonly afterSeconds: number;
}

/** The return that is on record for an end. */
export function returnOf({ events }: BackendRecord): Pick<Return, 'pid' | 'startedAt'> | null {
  const event = events.findLast(({ type }) => type === 'reconnected');
  const { pid, startedAt } = event?.detail ?? {};
  return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : null;
}

/**
 * The client of an ended backend was back at once.
 *
 * @throws IllegalTransition when nobody saw it end, or its client's return is on record already
 */
export function noteReconnection(
  record: BackendRecord,
  { pid, startedAt, afterSeconds, at, by }: Return & { readonly at: string; readonly by: string },
): BackendRecord {
  if (verifiedEnd(record) === null || returnOf(record) !== null) {
    throw new IllegalTransition('note its return', describeState(record), 'terminated (gone), without a return');
  }
  return appendEvent(record, { at, type: 'reconnected', by, detail: { pid, startedAt, afterSeconds } }, {});
}
