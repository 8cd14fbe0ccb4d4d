import type { PooledSessionRecord } from '../pooled-session.ts';
import { appendPoolEvent } from './append-pool-event.ts';
import { IllegalPoolTransition } from './illegal-pool-transition.ts';

/**
 * A running statement holds the lease from now on: one that was submitted to outlast its caller, or one that a dead
 * holder left running. The fence stays. At `until` others may look whether it still runs.
 *
 * @throws IllegalPoolTransition when it is not leased
 */
export function followStatement(
  record: PooledSessionRecord,
  followed: {
    readonly statementId: string | null;
    readonly until: string;
    readonly uses: number;
    readonly at: string;
    readonly by: string;
  },
): PooledSessionRecord {
  if (record.state !== 'leased' || record.lease === null) {
    throw new IllegalPoolTransition('follow a statement', record, 'leased');
  }
  const { statementId, until, uses, at, by } = followed;
  // What a lease of several statements leaves behind is unknown, also after the last of them.
  const retireAfter = record.lease.retireAfter || record.lease.use === 'session';
  return appendPoolEvent(
    record,
    'leased',
    { at, type: 'statement-followed', by, detail: { fence: record.fence, statementId } },
    { lease: { ...record.lease, use: 'statement', until, retireAfter }, statementId, uses },
  );
}
