import { formatDuration } from '../../notices/format-duration.ts';
import type { Check } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';

/** What is known of the session that the reaper keeps for itself. */
export interface KeptSessionFacts {
  readonly ageSeconds: number;
  /** Whether it signed in as slotkeeper.yml says now. */
  readonly asConfigured: boolean;
  /** What the Data API says of it; `not-ours`: it belongs to another identity, so this one may not ask. */
  readonly status: 'AVAILABLE' | 'BUSY' | 'CLOSED' | 'not-ours';
}

/**
 * Whether the way in is kept open for the time when no slot is left.
 *
 * @param fact null: no session is on record
 */
export function judgeKeptSession(fact: Fact<KeptSessionFacts | null>, { target }: { readonly target: string }): Check {
  const mend = [{ kind: 'cli', line: `slotkeeper run --target ${target} --dry-run` } as const];
  return checkFact(
    {
      name: 'kept-session',
      question: 'Does the reaper keep a session, to get in when no slot is left?',
      expected: 'one that is alive, opened by the last runs',
      source: 'docs/architecture.md; repository heroku/legacy-cli#1207',
    },
    fact,
    (kept) => {
      if (kept === null) {
        return { verdict: 'warning', found: 'none yet: the first run opens it, and needs a slot for that', mend };
      }
      const age = `opened ${formatDuration(kept.ageSeconds)} ago`;
      if (!kept.asConfigured) {
        return { verdict: 'warning', found: `${age}, as slotkeeper.yml said then: the next run replaces it`, mend };
      }
      switch (kept.status) {
        case 'AVAILABLE':
        case 'BUSY':
          return { verdict: 'ok', found: `${age}, ${kept.status}` };
        case 'CLOSED':
          return { verdict: 'warning', found: `${age}, closed since: the next run needs a slot`, mend };
        case 'not-ours':
          return {
            verdict: 'cannot-tell',
            found: `${age}; it belongs to the functions' role, and only that may ask whether it lives`,
          };
      }
    },
  );
}
