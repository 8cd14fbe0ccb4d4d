import pMap from 'p-map';
import * as z from 'zod';
import type { BackendIdentity } from '../backends/backend-identity.ts';
import { POSTGRES_ENGINE } from '../backends/postgres-engine.ts';
import { backendKey } from '../lifecycle/backend-key.ts';
import { signalBackend, wasSignalled } from '../lifecycle/signal-backend.ts';
import type { PlanMember } from '../policy/plan.ts';
import { DirectWarehouseFailed } from '../warehouse/direct-errors/direct-warehouse-failed.ts';
import { PermissionRefused } from '../warehouse/direct-errors/permission-refused.ts';
import type { DirectWarehouse } from '../warehouse/direct-warehouse.ts';
import { changeBackend } from './change-backend.ts';
import { changeRun } from './change-run.ts';
import { claimPlanned } from './claim-planned.ts';
import { isClaimedBy } from './claim-victims.ts';
import { findPostgresTarget } from './find-postgres-target.ts';
import type { PostgresReaperPorts } from './postgres-reaper-ports.ts';
import { requireRunLock } from './require-run-lock.ts';
import { runActor } from './run-actor.ts';
import { type RunRef, runRefShape } from './run-ref.ts';
import { WRITE_CONCURRENCY } from './write-concurrency.ts';

export const endPostgresSessionsInput = z.strictObject({ run: runRefShape, round: z.int().min(0) });

/** How the guarded statement of a round ended. Whom it signalled stands on their records. */
export interface EndedPostgresSessions {
  /** False: nobody is left to be ended, and the server was not asked. */
  readonly submitted: boolean;
  readonly status: 'FINISHED' | 'FAILED';
  /** The server refused the statement for lack of a privilege. */
  readonly denied: boolean;
}

/**
 * Ends the planned victims on a PostgreSQL server: claims them in the table, then has ONE guarded statement signal all
 * of them, and puts on record whom it signalled. The answer comes with the call, so there is no statement to wait for.
 *
 * What the server was asked is on the run's record before it is asked: where an answer was lost, or the step is
 * repeated, it is not certain any more that somebody was not signalled.
 *
 * @throws RunLockLost when the run must not act any more; nothing was ended by this step
 * @throws DirectWarehouseFailed when it does not get in; nothing was ended by this step
 */
export function createEndPostgresSessions(ports: PostgresReaperPorts) {
  return async ({ run, round }: z.infer<typeof endPostgresSessionsInput>): Promise<EndedPostgresSessions> => {
    const target = findPostgresTarget(ports.config, run.target);
    await requireRunLock(ports, run);
    const victims = await claimPlanned(ports, run, target, round);
    if (victims.length === 0) {
      return { submitted: false, status: 'FINISHED', denied: false };
    }
    const warehouse = await ports.openDirect(target);
    try {
      await noteAsked(ports, run, round);
      // Claims of hundreds of backends take time; the lock may have gone meanwhile. Nothing comes between this and the end.
      await requireRunLock(ports, run);
      const signalled = await signal(warehouse, victims, target.name);
      await recordSignals(ports, run, round, signalled);
      return { submitted: true, status: 'FINISHED', denied: false };
    } catch (error) {
      if (!(error instanceof DirectWarehouseFailed)) {
        throw error;
      }
      await noteDoubt(ports, run);
      return { submitted: true, status: 'FAILED', denied: error instanceof PermissionRefused };
    } finally {
      await warehouse.close();
    }
  };
}

async function signal(
  warehouse: DirectWarehouse,
  victims: readonly PlanMember[],
  target: string,
): Promise<readonly BackendIdentity[]> {
  const { sql, parameters } = POSTGRES_ENGINE.termination(
    victims.map(({ identity, lastActiveAt }) => ({ ...identity, lastActiveAt })),
  );
  return POSTGRES_ENGINE.readSignalled(await warehouse.query(sql, parameters), target);
}

async function noteAsked({ table }: PostgresReaperPorts, run: RunRef, round: number): Promise<void> {
  await changeRun(table, run, ({ ends }) => ({
    ends: { asked: round + 1, doubt: ends?.doubt === true || (ends?.asked ?? 0) > round },
  }));
}

async function noteDoubt({ table }: PostgresReaperPorts, run: RunRef): Promise<void> {
  await changeRun(table, run, ({ ends }) => ({ ends: { asked: ends?.asked ?? 0, doubt: true } }));
}

async function recordSignals(
  { table, now }: PostgresReaperPorts,
  run: RunRef,
  round: number,
  signalled: readonly BackendIdentity[],
): Promise<void> {
  const by = runActor(run);
  const records = new Map((await table.readBackends(signalled)).map((record) => [backendKey(record.identity), record]));
  await pMap(
    signalled,
    (identity) =>
      changeBackend(table, identity, records.get(backendKey(identity)) ?? null, (record) =>
        isClaimedBy(record, run) && !wasSignalled(record, by)
          ? signalBackend(record, { round, at: now().toISOString(), by })
          : null,
      ),
    { concurrency: WRITE_CONCURRENCY },
  );
}
