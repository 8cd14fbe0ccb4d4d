import pMap from 'p-map';
import { backendKey } from '../../lifecycle/backend-key.ts';
import type { Snoozing } from '../../policy/honour-tags.ts';
import { type JudgeInput, judge } from '../../policy/judge.ts';
import { keepTagOf } from '../../policy/keep-tag.ts';
import type { SnoozeBounds } from '../../policy/snooze-bounds.ts';
import type { SessionTable } from '../../session-table/session-table.ts';
import { WRITE_CONCURRENCY } from '../write-concurrency.ts';
import { dayOf } from './snooze-allowance.ts';

/**
 * Reads how many snoozes the owners of sessions with a `keep=` tag have had today. A dry run reads the same as a real one.
 *
 * @returns undefined where snoozing is off or nobody has a tag
 */
export async function readSnoozing(
  table: SessionTable,
  input: Omit<JudgeInput, 'snoozing'>,
  bounds: SnoozeBounds,
): Promise<Snoozing | undefined> {
  const isTagged = (backend: JudgeInput['snapshot']['backends'][number]) => keepTagOf(backend, bounds.max) !== null;
  if (bounds.max === 0 || !input.snapshot.backends.some(isTagged)) {
    return undefined;
  }
  // Whose they are, the rules say; what would be done with them does not matter yet.
  const owned = judge(input).flatMap(({ backend, owner }) =>
    owner !== null && isTagged(backend) ? [{ backend, owner }] : [],
  );
  const day = dayOf(input.now);
  const counts = new Map(
    await pMap(
      new Set(owned.map(({ owner }) => owner)),
      async (owner) => [owner, (await table.readSnoozeCount({ owner, day }))?.count ?? 0] as const,
      { concurrency: WRITE_CONCURRENCY },
    ),
  );
  const used = new Map(owned.map(({ backend, owner }) => [backendKey(backend.identity), counts.get(owner) ?? 0]));
  return { bounds, used };
}
