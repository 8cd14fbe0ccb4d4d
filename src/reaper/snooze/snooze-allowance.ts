import type { SessionTable } from '../../session-table/session-table.ts';
import type { SnoozeCount } from '../../session-table/snooze-count.ts';
import { VersionConflict } from '../../session-table/version-conflict.ts';

/** Who loses has been overtaken by another snooze of the same owner, of which there are only so many. */
const MAX_TRIES = 32;

/** A snooze that is counted; it is given back when nothing comes of it. */
export interface Reservation {
  readonly owner: string;
  /** The UTC day against which it counts. */
  readonly day: string;
  /** How many the owner has left on that day. */
  readonly left: number;
  /** A crash before this leaves the owner with one snooze less on that day, never with one more. */
  giveBack(): Promise<void>;
}

/** The UTC day of a moment, `2026-11-20`. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/**
 * Counts one more snooze of an owner, before it is made: whoever races for the last one, exactly one gets it.
 *
 * @returns null when the owner has had all of the day
 */
export async function reserveSnooze(
  table: SessionTable,
  { owner, at, limit }: { owner: string; at: Date; limit: number },
): Promise<Reservation | null> {
  const day = dayOf(at);
  const count = await changeCount(table, { owner, day }, (before) => (before < limit ? before + 1 : null));
  return count === null
    ? null
    : {
        owner,
        day,
        left: limit - count,
        giveBack: async () => {
          await changeCount(table, { owner, day }, (before) => Math.max(0, before - 1));
        },
      };
}

async function changeCount(
  table: SessionTable,
  key: { owner: string; day: string },
  change: (before: number) => number | null,
): Promise<number | null> {
  for (let attempt = 1; ; attempt += 1) {
    const stored: SnoozeCount | null = await table.readSnoozeCount(key);
    const count = change(stored?.count ?? 0);
    if (count === null) {
      return null;
    }
    try {
      await table.saveSnoozeCount({ ...key, count, version: (stored?.version ?? 0) + 1 });
      return count;
    } catch (error) {
      if (!(error instanceof VersionConflict) || attempt === MAX_TRIES) {
        throw error;
      }
    }
  }
}
