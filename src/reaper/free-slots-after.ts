import { freeSlots } from '../policy/count-slots.ts';
import type { Slots } from '../policy/slots.ts';
import type { RunRecord } from '../session-table/run-record.ts';

/**
 * Slots that an ordinary user could still get when a run had ended.
 *
 * @returns null: the run came to no plan, so that nothing is known of them; zero would read as "all slots taken"
 */
export function freeSlotsAfter(
  slots: Pick<Slots, 'limit' | 'reserved'>,
  { counts, kept, outcomes }: Pick<RunRecord, 'counts' | 'kept' | 'outcomes'>,
): number | null {
  // The platform's own sessions take none of the slots that the limit counts.
  const system = kept['system'] ?? 0;
  return counts === null ? null : freeSlots(slots, counts.backends - system - outcomes.gone - outcomes['already-gone']);
}
