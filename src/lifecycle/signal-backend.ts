import { appendEvent } from './append-event.ts';
import type { BackendRecord } from './backend-record.ts';
import { describeState } from './describe-state.ts';
import { IllegalTransition } from './illegal-transition.ts';

/**
 * The guarded statement signalled this backend, and it was not yet seen to be gone. The table remembers it, so that a
 * later look can tell "ended by us" from "left by itself".
 *
 * @throws IllegalTransition when nobody had claimed it
 */
export function signalBackend(
  record: BackendRecord,
  { round, at, by }: { round: number; at: string; by: string },
): BackendRecord {
  if (record.state !== 'terminating') {
    throw new IllegalTransition('signal', describeState(record), 'terminating');
  }
  return appendEvent(record, { at, type: 'termination-signalled', by, detail: { round } }, {});
}

/** Whether an earlier look of the same run (`by`, e.g. `run:<id>`) recorded that it had been signalled. */
export function wasSignalled(record: BackendRecord, by: string): boolean {
  return record.events.some((event) => event.type === 'termination-signalled' && event.by === by);
}
