import type { Activity } from '../backends/backend.ts';
import type { BackendIdentity } from '../backends/backend-identity.ts';
import type { OwnerLink } from './find-owner.ts';
import type { EndableStanding } from './pool-standing.ts';
import type { Rule } from './rule.ts';
import type { Action, Reason } from './verdict.ts';

/** A backend on which a plan acts. */
export interface PlanMember {
  readonly identity: BackendIdentity;
  /** The name of its user where the identity has it cut; absent: as it is there. It is no part of the plan's hash. */
  readonly wholeUser?: string;
  readonly action: Exclude<Action, 'keep'>;
  readonly rule: string;
  readonly code: string;
  readonly reasons: readonly Reason[];
  readonly owner: string | null;
  /** Which link of the chain named the owner; absent: there is none, or it was planned before links were told. */
  readonly ownerBy?: OwnerLink;
  readonly endsAt: string | null;
  readonly database: string;
  readonly application: string;
  readonly clientHost: string;
  readonly activity: Activity;
  readonly lastActiveAt: string;
  readonly idleSeconds: number;
  /** What the session pool says of it; absent: it is none of the pool's. */
  readonly standing?: EndableStanding;
  /** Least seconds between its receipt and its end, where pressure has shortened that of its rule. */
  readonly grace?: number;
  /** The notice that tells its owner; null unless the action is `warn`. */
  readonly noticeId: string | null;
}

/** What a plan was made by, as it was then; with it a decision can be explained as long as the plan is stored. */
export interface PlanPolicy {
  readonly rules: readonly Rule[];
  readonly caps: { readonly maxTerminations: number; readonly maxShare: number };
}

/** The verdicts of one snapshot, ready to be acted on. */
export interface Plan {
  /** SHA-256 (hex) over the members in order; equal plans have equal hashes, whoever made them. */
  readonly hash: string;
  readonly target: string;
  /** Server time of the snapshot. */
  readonly takenAt: string;
  readonly counts: {
    readonly backends: number;
    readonly keep: number;
    readonly warn: number;
    readonly terminate: number;
    readonly recovered: number;
  };
  /** How often each code decided to keep. */
  readonly kept: Readonly<Record<string, number>>;
  readonly members: readonly PlanMember[];
  /** Absent: nobody stored it with the plan. It is no part of the hash: what it led to is. */
  readonly policy?: PlanPolicy;
}
