import type { Snapshot } from '../backends/snapshot.ts';
import { backendKey } from '../lifecycle/backend-key.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import { isEndPending } from '../lifecycle/is-end-pending.ts';
import { isLateEndDue } from '../lifecycle/is-late-end-due.ts';
import { isUsedSince } from '../lifecycle/is-used-since.ts';
import { loseBackend } from '../lifecycle/lose-backend.ts';
import { canRecover, recoverBackend } from '../lifecycle/recover-backend.ts';
import { settleTermination } from '../lifecycle/settle-termination.ts';

/** Answers the record after what the snapshot shows of its backend, or null where nothing has changed. */
export type Observe = (record: BackendRecord) => BackendRecord | null;

/**
 * Reads from a snapshot what happened to recorded backends between the runs: used again (recovered), closed by somebody
 * else (gone), or gone after a run that died before it could see so, or after the last look of the run that signalled it
 * (terminated).
 */
export function createObserve(snapshot: Snapshot, { at, by }: { at: string; by: string }): Observe {
  const seen = new Map(snapshot.backends.map((backend) => [backendKey(backend.identity), backend]));
  return (record) => {
    const backend = seen.get(backendKey(record.identity));
    if (backend === undefined) {
      return recordAbsence(record, { at, by });
    }
    const used = backend.activity === 'running' || isUsedSince(record.lastActiveAt, backend.lastActiveAt);
    const known = backend.activity !== 'unknown';
    return known && used && canRecover(record)
      ? recoverBackend(record, { lastActiveAt: backend.lastActiveAt, at, by })
      : null;
  };
}

function recordAbsence(record: BackendRecord, { at, by }: { at: string; by: string }): BackendRecord | null {
  switch (record.state) {
    case 'terminating':
      return settleTermination(record, {
        outcome: 'gone',
        lastActiveAt: null,
        detail: { claimedBy: record.claim?.runId ?? null },
        at,
        by,
      });
    case 'warned':
    case 'snoozed':
      return loseBackend(record, { at, by });
    case 'terminated':
      if (isLateEndDue(record)) {
        return settleTermination(record, { outcome: 'gone', lastActiveAt: null, detail: { late: true }, at, by });
      }
      return isEndPending(record) ? loseBackend(record, { at, by }) : null;
    case 'recovered':
    case 'gone':
      return null;
  }
}
