import type { BackendIdentity } from '../backends/backend-identity.ts';
import type { Snapshot } from '../backends/snapshot.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import type { ClientHold } from '../policy/client-hold.ts';
import type { PoolStanding } from '../policy/pool-standing.ts';

/** All that a plan was made of, but for the policy; from it the plan can be made again, by this policy or another. */
export interface Recording {
  readonly target: string;
  /** Slotkeeper's clock when it decided: ISO 8601, UTC. */
  readonly now: string;
  /** Of the policy that decided. */
  readonly policyHash: string;
  /** Of the plan to which it came; null: not known of this copy, whose names are hashed. */
  readonly planHash: string | null;
  /** Whether whoever recorded it meant to act on the plan: neither a dry run nor a mere look, nor past a cap. */
  readonly acts: boolean;
  readonly snapshot: Snapshot;
  /** What the table knew of the snapshot's backends, without their histories. */
  readonly records: readonly BackendRecord[];
  /** Clients whose sessions were not to be ended, because they come back at once; absent: none. */
  readonly holds?: readonly ClientHold[];
  /** How many snoozes the owners of sessions with a tag had had that day; absent: nobody had a tag, or snoozing was off. */
  readonly snoozesUsed?: readonly { readonly identity: BackendIdentity; readonly count: number }[];
  readonly standings: readonly { readonly identity: BackendIdentity; readonly standing: PoolStanding }[];
}
