import { plusSeconds } from './lifecycle/session-times.ts';
import { nowOf, type PoolContext } from './pool-context.ts';
import { SESSION_LIFETIME_SECONDS } from './pool-limits.ts';
import type { PooledSessionRecord } from './pooled-session.ts';

/** A creation takes minutes at most; after 24 h of life and this no server can have the session. */
const CREATION_ALLOWANCE_SECONDS = 3_600;

/** How long a target slot is held without being given back. */
export const TARGET_SLOT_SECONDS = SESSION_LIFETIME_SECONDS + CREATION_ALLOWANCE_SECONDS;

/** Numbers of the target's slots that seem to be free; `null`: the target has no bound. */
export async function freeTargetSlots(context: PoolContext): Promise<number[] | null> {
  const { limits, table, target } = context;
  if (limits.maxPerTarget === null) {
    return null;
  }
  const now = nowOf(context);
  const held = new Set(
    (await table.readTargetSlots(target.name)).filter((slot) => slot.until > now).map((slot) => slot.number),
  );
  return Array.from({ length: limits.maxPerTarget }, (_, number) => number).filter((number) => !held.has(number));
}

/**
 * Takes one of these slots for a session, at random so that pools seldom want the same.
 *
 * @returns its number; `null` when others had taken all of them
 */
export async function claimTargetSlot(
  context: PoolContext,
  holder: string,
  free: readonly number[],
): Promise<number | null> {
  const { random, table, target } = context;
  const left = [...free];
  while (left.length > 0) {
    const [number = 0] = left.splice(Math.floor(random() * left.length), 1);
    const now = nowOf(context);
    const until = plusSeconds(now, TARGET_SLOT_SECONDS);
    if (await table.claimTargetSlot({ target: target.name, number, holder, until }, now)) {
      return number;
    }
  }
  return null;
}

/** Gives back the target slot of a session; one whose creation died may not have told its number. */
export async function releaseTargetSlotOf(
  { table }: Pick<PoolContext, 'table'>,
  record: PooledSessionRecord,
): Promise<void> {
  const { key, id } = record;
  const held =
    record.targetSlot === null
      ? (await table.readTargetSlots(key.target)).filter((slot) => slot.holder === id).map((slot) => slot.number)
      : [record.targetSlot];
  for (const number of held) {
    await table.releaseTargetSlot({ target: key.target, number, holder: id });
  }
}
