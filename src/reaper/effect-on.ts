import type { BackendIdentity } from '../backends/backend-identity.ts';
import type { Snapshot } from '../backends/snapshot.ts';
import { backendKey } from '../lifecycle/backend-key.ts';
import { mayEnd } from '../policy/may-end.ts';
import type { TerminationResult } from './read-termination.ts';

/** What the guarded statement of a round did to one backend. */
export interface TerminationEffect {
  /** Null: the statement did not finish, so nobody can tell. */
  readonly signalled: boolean | null;
  readonly denied: boolean;
}

/**
 * Tells for one backend what the guarded statement of a round did to it.
 *
 * A server that refuses one signal fails the whole statement, and does not say for whom. Where the asking user has lost
 * the right to end others' sessions, those were refused and surely not signalled, while sessions of its own user were
 * perhaps never reached: the next round asks for them alone, and only a refusal of that very last one is theirs. Where
 * the user has every right and is refused all the same, nobody can be told apart.
 *
 * @param look what the server showed after the statement
 */
export function effectOn(
  identity: BackendIdentity,
  { signalled, denied }: TerminationResult,
  look: Snapshot,
  lastRound: boolean,
): TerminationEffect {
  if (!denied || look.canary.mayEndOthers) {
    return { signalled: signalled?.has(backendKey(identity)) ?? null, denied };
  }
  return mayEnd(identity, look) ? { signalled: null, denied: lastRound } : { signalled: false, denied: true };
}
