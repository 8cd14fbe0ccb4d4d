import type { Snapshot } from '../../backends/snapshot.ts';
import { checkCanary } from '../../policy/check-canary.ts';
import type { Check } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';

/**
 * Whether the very query of a run would be believed. The clock is another check's, so it is left out here.
 *
 * That nobody else's session is seen proves nothing: there may be none. What proves something is the right to see them,
 * and that the asking session is among the rows.
 *
 * @param fact `refused`: what the server said instead of an answer
 */
export function judgeCanary(fact: Fact<Snapshot | { readonly refused: string }>): Check {
  return checkFact(
    {
      name: 'canary',
      question: 'Is what the session query sees the whole?',
      expected: "the right to see everyone's sessions, and the asking session among them",
      source: 'docs/session-query.md',
    },
    fact,
    (snapshot) => {
      if ('refused' in snapshot) {
        return { verdict: 'problem', found: snapshot.refused };
      }
      const blind = checkCanary(snapshot);
      if (blind !== null) {
        return { verdict: 'problem', found: blind.message };
      }
      const others = snapshot.backends.filter(({ own, system }) => !own && !system);
      const users = new Set(others.map(({ identity }) => identity.user)).size;
      const unclear = others.filter(({ activity }) => activity === 'unknown').length;
      const seen =
        others.length === 0
          ? 'its own session, and nobody else has one'
          : `its own session and ${others.length} of ${users} other ${users === 1 ? 'user' : 'users'}`;
      return unclear === 0
        ? { verdict: 'ok', found: seen }
        : {
            verdict: 'warning',
            found: `${seen}, of which ${unclear} do not show what they do: runs leave those alone`,
          };
    },
  );
}
