import type { z } from 'zod';
import type { StoredItem } from './item-store.ts';
import { StoredItemUnreadable } from './stored-item-unreadable.ts';

/** What the adapter adds to a record to find, tell apart and expire its item. */
const OWN_ATTRIBUTES: ReadonlySet<string> = new Set([
  ...['pk', 'sk', 'kind', 'ttl'],
  ...['livePk', 'liveSk', 'historyPk', 'historySk'],
]);

/**
 * The record in an item, checked member by member.
 *
 * @param kind what the item's `kind` must say
 * @throws StoredItemUnreadable when it has another kind, an unknown member, or one of another type
 */
export function readStoredItem<T>(shape: z.ZodType<T>, kind: string, item: StoredItem): T {
  const what = `the ${kind} item '${String(item['sk'])}' of '${String(item['pk'])}'`;
  if (item['kind'] !== kind) {
    throw new StoredItemUnreadable(what, `its kind is '${String(item['kind'])}'`);
  }
  const result = shape.safeParse(
    Object.fromEntries(Object.entries(item).filter(([name]) => !OWN_ATTRIBUTES.has(name))),
  );
  if (!result.success) {
    // Only where and which type: a value may be a SessionId.
    const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'it'}: ${issue.message}`);
    throw new StoredItemUnreadable(what, problems.join('; '));
  }
  return result.data;
}
