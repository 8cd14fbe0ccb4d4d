import type { Outcome } from '../lifecycle/outcome.ts';
import type { Plan } from '../policy/plan.ts';

export type RunState = 'running' | 'succeeded' | 'failed';

/** What the session table knows of one run. */
export interface RunRecord {
  readonly target: string;
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly dryRun: boolean;
  /** The approved plan on which it acts, and the dry run that made it; absent: it makes its own. */
  readonly apply?: { readonly hash: string; readonly runId: string };
  /** Execution ARN. */
  readonly execution: string;
  readonly state: RunState;
  readonly version: number;
  readonly planHash: string | null;
  readonly counts: Plan['counts'] | null;
  /** What it saw, believed or not; absent: it did not come to look. */
  readonly seen?: {
    readonly backends: number;
    /** By how many seconds Slotkeeper's clock was ahead of the server's, the time from the look to its reading included. */
    readonly clockDifferenceSeconds: number;
  };
  /** How many clients' sessions were not to be ended, because they come back at once; absent: it made no plan. */
  readonly clientsHeld?: number;
  readonly kept: Readonly<Record<string, number>>;
  readonly notices: {
    readonly sent: number;
    readonly failed: number;
    /** Nobody could be reached: no confirmed subscription takes the owner's messages. Absent: none. */
    readonly refused?: number;
    /** Past the bound on messages to one owner; the next run tries again. Absent: none. */
    readonly deferred?: number;
  };
  /** Owners whom nobody reaches, and whether the operators were told so; absent: none. */
  readonly unreachable?: { readonly owners: readonly string[]; readonly operatorsTold: boolean };
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Victims that could not be claimed when it came to it (recovered, changed), by reason. */
  readonly unclaimed: Readonly<Record<string, number>>;
  /**
   * The last round in which a PostgreSQL server was asked to end sessions, counted from 1, and whether an answer to that
   * was lost in any round; absent: it was not asked.
   */
  readonly ends?: { readonly asked: number; readonly doubt: boolean };
  /** EventBridge entries that were not taken, after retries. */
  readonly eventsFailed: number;
  readonly error: { readonly name: string; readonly message: string } | null;
  readonly finishedAt: string | null;
}
