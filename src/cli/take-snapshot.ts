import { randomUUID } from 'node:crypto';
import { CanaryFailed } from '../backends/canary-failed.ts';
import { readRedshiftSnapshot } from '../backends/read-redshift-snapshot.ts';
import { REDSHIFT_SESSION_SQL } from '../backends/redshift-session-sql.ts';
import type { Snapshot } from '../backends/snapshot.ts';
import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import { isPermissionDenied } from '../reaper/is-permission-denied.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import { SessionUnavailable } from '../warehouse/session-unavailable.ts';
import type { SessionChoice, StatementDescription, Warehouse } from '../warehouse/warehouse.ts';
import { isNoSlotLeft } from './is-no-slot-left.ts';

/** The look at the sessions did not come to an end in time, or the database refused it. */
export class SessionQueryFailed extends SlotkeeperError {
  constructor(message: string, options?: ErrorOptions) {
    super('SessionQueryFailed', message, options);
  }
}

/** What a look needs. */
interface World {
  readonly warehouse: Warehouse;
  readonly table: SessionTable;
  /** Milliseconds. */
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** Milliseconds before each look at the statement; somebody is waiting at the keyboard. About a minute in all. */
const LOOKS = [50, 100, 150, 250, 400, 500, 750, ...Array<number>(58).fill(1000)];

/**
 * Looks who holds a session now, with the very query of a run.
 *
 * It signs in for itself and leaves the reaper's kept Data API session to the runs. Only when the server does not let
 * it in, as when no slot is left, it asks on the kept one.
 *
 * @throws CanaryFailed when the server refuses the query for lack of a privilege
 * @throws SessionQueryFailed
 */
export async function takeSnapshot(world: World, target: string): Promise<Snapshot> {
  const first = await ask(world, target, { kind: 'none' });
  const answer =
    first.status !== 'FINISHED' && isNoSlotLeft(first.error ?? '') ? await askOnKept(world, target) : first;
  if (answer?.status === 'FINISHED') {
    return readRedshiftSnapshot(await world.warehouse.fetchRows(answer.statementId), target);
  }
  // What the server said first is what the reader has to know.
  const error = first.error ?? 'the database gave no message';
  if (isPermissionDenied(error)) {
    throw new CanaryFailed(
      `The database user of target '${target}' may not see everyone's sessions (${error}). ` +
        'Let dbUser or secretArn name a superuser; others do not see every session.',
    );
  }
  throw new SessionQueryFailed(`The session query on target ${target} ended ${first.status}: ${error}`);
}

/** The same question on the Data API session that the reaper keeps; null: there is none, or it is busy or dead. */
async function askOnKept(world: World, target: string): Promise<StatementDescription | null> {
  const kept = await world.table.readReaperSession(target);
  if (kept === null) {
    return null;
  }
  try {
    return await ask(world, target, { kind: 'reuse', sessionId: kept.sessionId });
  } catch (error) {
    if (error instanceof SessionUnavailable) {
      return null;
    }
    throw error;
  }
}

async function ask(world: World, target: string, session: SessionChoice): Promise<StatementDescription> {
  const { statementId } = await world.warehouse.submit({
    sql: REDSHIFT_SESSION_SQL,
    parameters: {},
    session,
    clientToken: randomUUID(),
  });
  for (const wait of LOOKS) {
    await world.sleep(wait);
    const description = await world.warehouse.describe(statementId);
    if (description.status === 'FINISHED' || description.status === 'FAILED' || description.status === 'ABORTED') {
      return description;
    }
  }
  await world.warehouse.cancel(statementId);
  throw new SessionQueryFailed(
    `Expected the session query on target ${target} to end within a minute; it did not and was cancelled. ` +
      'The cluster may be paused, resizing or overloaded; try again.',
  );
}
