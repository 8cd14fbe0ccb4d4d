import type { BackendIdentity } from '../../backends/backend-identity.ts';
import type { BackendRecord } from '../../lifecycle/backend-record.ts';
import { endSnooze, isSnoozedAt } from '../../lifecycle/end-snooze.ts';
import { snoozeRefusal } from '../../lifecycle/snooze-backend.ts';
import { changeBackend } from '../change-backend.ts';
import { domainEventsOf } from '../domain-events.ts';
import { notSnoozed, refusalError } from '../errors/snooze-refused.ts';
import type { SnoozePorts } from './snooze-ports.ts';

/**
 * Takes a snooze back: the session may be ended again, though not before the end that its owner had been told. The
 * snooze stays counted against its owner's day.
 *
 * @throws BackendGone, NothingToSnooze; nothing was changed
 */
export function createTakeBackSnooze({ table, events, now }: SnoozePorts) {
  return async ({ identity, by }: { identity: BackendIdentity; by: string }): Promise<BackendRecord> => {
    const [known] = await table.readBackends([identity]);
    const at = now().toISOString();
    const saved = await changeBackend(table, identity, known ?? null, (record) => {
      const refusal = snoozeRefusal(record, null);
      if (record === null || refusal !== null) {
        throw refusalError(identity.pid, refusal ?? 'not-recorded');
      }
      const newest = record.events.at(-1);
      if (newest?.type === 'snooze-ended' && newest.by === by && newest.at === at) {
        // The write was taken and its answer lost.
        return null;
      }
      if (!isSnoozedAt(record, at)) {
        throw notSnoozed(identity.pid, record.endsAt);
      }
      return endSnooze(record, { at, by });
    });
    if (saved === null) {
      throw refusalError(identity.pid, 'not-recorded');
    }
    await events?.publish(domainEventsOf(saved, by).slice(-1));
    return saved;
  };
}
