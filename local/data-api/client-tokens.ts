import type { VirtualClock } from '../virtual-clock.ts';
import type { Statement } from './statement.ts';

/** A ClientToken stands for its first request for 8 h (mgmt/data-api, "idempotency"). */
const TOKEN_LIFETIME_MS = 8 * 3_600_000;

/**
 * Remembers which statement a ClientToken submitted. A later request with the same token is not compared with the first:
 * it gets the first one's statement. Tokens are kept apart by identity and operation, which is a guess.
 */
export class ClientTokens {
  readonly #clock: VirtualClock;
  readonly #seen = new Map<string, { readonly statement: Statement; readonly forgetAt: number }>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** The statement that this token has submitted within its lifetime. */
  find(owner: string, operation: string, token: string): Statement | undefined {
    const seen = this.#seen.get(keyOf(owner, operation, token));
    return seen !== undefined && seen.forgetAt > this.#clock.now().getTime() ? seen.statement : undefined;
  }

  /** Notes that a token has submitted a statement, and lets go of the tokens whose time is over. */
  remember(owner: string, operation: string, token: string, statement: Statement): void {
    const now = this.#clock.now().getTime();
    // All live equally long, so they are in the order of their ends.
    for (const [key, { forgetAt }] of this.#seen) {
      if (forgetAt > now) break;
      this.#seen.delete(key);
    }
    this.#seen.set(keyOf(owner, operation, token), { statement, forgetAt: now + TOKEN_LIFETIME_MS });
  }
}

function keyOf(owner: string, operation: string, token: string): string {
  return JSON.stringify([owner, operation, token]);
}
