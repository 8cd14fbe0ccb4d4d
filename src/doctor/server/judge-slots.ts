import type { Backend } from '../../backends/backend.ts';
import { countSlots } from '../../policy/count-slots.ts';
import type { Slots } from '../../policy/slots.ts';
import type { Check, Mend } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';

/** How many users are named. */
const NAMED = 5;

export interface SlotContext {
  readonly target: string;
  readonly slots: Slots;
}

/** Who has the slots, and whether enough are free. */
export function judgeSlots(fact: Fact<readonly Backend[]>, { target, slots }: SlotContext): Check {
  return checkFact(
    {
      name: 'slots',
      question: 'Are slots free, and who has the others?',
      expected: `at least ${slots.keepFree} free (slots.keepFree); slots.limit is what slotkeeper.yml says, Redshift has no view that tells it`,
      source: 'AWS page amazon-redshift-limits (Amazon Redshift management guide)',
    },
    fact,
    (backends) => {
      const { used, free } = countSlots(backends, slots);
      const found = `${used} of ${slots.limit} used, ${slots.reserved} reserved for superusers, ${free} free: ${byWhom(backends)}`;
      const look: readonly Mend[] = [
        { kind: 'cli', line: `slotkeeper backends --target ${target}` },
        { kind: 'cli', line: `slotkeeper leaks --target ${target}` },
      ];
      if (used > slots.limit) {
        return {
          verdict: 'problem',
          found: `${found}; more are used than slotkeeper.yml says there are`,
          mend: [{ kind: 'yaml', line: `targets: { ${target}: { slots: { limit: ${roundUp(used)} } } }` }],
        };
      }
      return {
        verdict: free === 0 ? 'problem' : free < slots.keepFree ? 'warning' : 'ok',
        found,
        ...(free < Math.max(1, slots.keepFree) ? { mend: look } : {}),
      };
    },
  );
}

/** e.g. `web_shop 24, bi_reader 3, 2 others 5`; the platform's own sessions take no slot. */
export function byWhom(backends: readonly Pick<Backend, 'identity' | 'system'>[]): string {
  const counts = new Map<string, number>();
  for (const { identity, system } of backends) {
    if (!system) {
      counts.set(identity.user, (counts.get(identity.user) ?? 0) + 1);
    }
  }
  const sorted = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const named = sorted.slice(0, NAMED).map(([user, count]) => `${user} ${count}`);
  const rest = sorted.slice(NAMED);
  const others =
    rest.length === 0
      ? []
      : [`${rest.length} other ${rest.length === 1 ? 'user' : 'users'} ${rest.reduce((sum, [, n]) => sum + n, 0)}`];
  return [...named, ...others].join(', ') || 'nobody';
}

/** The next full hundred: a beginning; the page of limits has the number of the node type. */
function roundUp(used: number): number {
  return Math.ceil(used / 100) * 100;
}
