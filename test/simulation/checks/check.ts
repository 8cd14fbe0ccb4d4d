import type { BackendRecord } from '../../../src/lifecycle/backend-record.ts';
import type { Plan } from '../../../src/policy/plan.ts';
import type { PooledSessionRecord } from '../../../src/pool/pooled-session.ts';
import type { ApiStatement } from '../server/api-statement.ts';
import type { ClusterBackend } from '../server/cluster.ts';
import type { RunLock } from '../world/observed-tables.ts';
import type { World } from '../world/world.ts';

/** Says that a promise is broken; the run ends with it. */
export type Violate = (promise: string, what: string) => void;

/** Promises that are looked after while the world goes on. */
export interface Check {
  /** A guarded statement is about to signal a backend. */
  signal?(backend: ClusterBackend, statement: ApiStatement): void;
  /** A backend has died of a signal. */
  death?(backend: ClusterBackend): void;
  /** The Data API has taken a statement, which has not run. */
  submit?(statement: ApiStatement): void;
  backend?(before: BackendRecord | null, after: BackendRecord): void;
  session?(before: PooledSessionRecord | null, after: PooledSessionRecord): void;
  lock?(before: RunLock | null, after: RunLock): void;
  plan?(before: Plan | null, after: Plan, runId: string): void;
  /** After every step. */
  step?(): void;
  /** Some time after nobody asks for anything any more, and after a sweep. */
  rest?(): void;
  /** After everything has come to rest. */
  end?(): void;
}

export type CreateCheck = (world: World, violate: Violate) => Check;
