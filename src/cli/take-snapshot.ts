import { CanaryFailed } from '../backends/canary-failed.ts';
import { redshiftEngine } from '../backends/redshift-engine.ts';
import type { Snapshot } from '../backends/snapshot.ts';
import type { DataApiTarget } from '../config/target-config.ts';
import { isPermissionDenied } from '../reaper/is-permission-denied.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import { DataApiFailed } from '../warehouse/data-api-failed.ts';
import { isNoSlotLeft } from '../warehouse/is-no-slot-left.ts';
import { SessionUnavailable } from '../warehouse/session-unavailable.ts';
import type { SessionChoice, StatementDescription } from '../warehouse/warehouse.ts';
import { type AskingWorld, askWarehouse, SessionQueryFailed } from './ask-warehouse.ts';

/** What a look needs. */
interface World extends AskingWorld {
  readonly table: Pick<SessionTable, 'readReaperSession'>;
}

/**
 * Looks who holds a session now, with the very query of a run.
 *
 * It signs in for itself and leaves the reaper's kept Data API session to the runs. Only when the server does not let
 * it in, as when no slot is left, it asks on the kept one.
 *
 * @throws CanaryFailed when the server refuses the query for lack of a privilege
 * @throws SessionQueryFailed
 */
export async function takeSnapshot(world: World, target: DataApiTarget): Promise<Snapshot> {
  const first = await ask(world, target, { kind: 'none' });
  const answer =
    first.status !== 'FINISHED' && isNoSlotLeft(first.error ?? '') ? await askOnKept(world, target) : first;
  if (answer?.status === 'FINISHED') {
    return redshiftEngine(target).readSnapshot(await world.warehouse.fetchRows(answer.statementId), target.name);
  }
  // What the server said first is what the reader has to know.
  const error = first.error ?? 'the database gave no message';
  if (isPermissionDenied(error)) {
    throw new CanaryFailed(
      `The database user of target '${target.name}' may not see everyone's sessions (${error}). ` +
        'Let dbUser or secretArn name a superuser; others do not see every session.',
    );
  }
  throw new SessionQueryFailed(`The session query on target ${target.name} ended ${first.status}: ${error}`);
}

/**
 * The same question on the Data API session that the reaper keeps; null: there is none, it is busy or dead, or it is not
 * ours to use: a session belongs to the identity that opened it, which on AWS is the functions' role.
 */
async function askOnKept(world: World, target: DataApiTarget): Promise<StatementDescription | null> {
  const kept = await world.table.readReaperSession(target.name);
  if (kept === null) {
    return null;
  }
  try {
    return await ask(world, target, { kind: 'reuse', sessionId: kept.sessionId });
  } catch (error) {
    if (error instanceof SessionUnavailable || error instanceof DataApiFailed) {
      return null;
    }
    throw error;
  }
}

async function ask(world: World, target: DataApiTarget, session: SessionChoice): Promise<StatementDescription> {
  return await askWarehouse(world, target.name, {
    sql: redshiftEngine(target).sessionSql,
    parameters: {},
    session,
    name: 'session query',
  });
}
