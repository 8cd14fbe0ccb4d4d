import type { Backend } from '../backends/backend.ts';
import type { OwnerLink } from './find-owner.ts';
import type { PoolStanding } from './pool-standing.ts';

export type Action = 'keep' | 'warn' | 'terminate';

/** One clause of a decision: what was measured, against which limit, and whether it held. */
export interface Reason {
  /** e.g. `idle >= warnAfter`, `receipt older than grace`, `not running`. */
  readonly clause: string;
  readonly measured: string | number | boolean | null;
  readonly limit: string | number | boolean | null;
  readonly held: boolean;
}

/** What is to be done with one backend, and why. */
export interface Verdict {
  readonly backend: Backend;
  readonly action: Action;
  /** The rule that decided; null: none matches, or a protection decided before any rule. */
  readonly rule: string | null;
  /** One word for the decision: `running`, `own`, `system`, `leased`, `pool-unclear`, `superuser`, `on-purpose`, `unknown`, `no-rule`, `exempt`, `below-warning`, `warned-waiting`, `below-termination`, `due-warning`, `due-termination`, `warn-only`, `snoozed`, `pressed-termination`, `not-needed`, `may-not-end`, `low-confidence`, `thrashing`; in a run that applies an approved plan also `not-in-plan`. */
  readonly code: string;
  readonly reasons: readonly Reason[];
  readonly owner: string | null;
  /** Which link of the chain named the owner; absent: there is none. */
  readonly ownerBy?: OwnerLink;
  /** When it may be ended at the earliest if it stays idle: ISO 8601, UTC; null: never by this rule. */
  readonly endsAt: string | null;
  /** Least seconds between its receipt and its end, where pressure has shortened that of its rule. */
  readonly grace?: number;
  /** A snooze that it is given by this verdict, because of a tag; who acts on the verdict has to record it. */
  readonly snooze?: { readonly until: string; readonly seconds: number; readonly by: string };
  /** What the session pool says of it; null: it is none of the pool's. */
  readonly standing: PoolStanding | null;
  /** It had been warned in an earlier idle spell and was used since. */
  readonly recovered: boolean;
}
