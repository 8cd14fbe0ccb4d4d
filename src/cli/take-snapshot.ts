import { randomUUID } from 'node:crypto';
import { readRedshiftSnapshot } from '../backends/read-redshift-snapshot.ts';
import { REDSHIFT_SESSION_SQL } from '../backends/redshift-session-sql.ts';
import type { Snapshot } from '../backends/snapshot.ts';
import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import { SessionUnavailable } from '../warehouse/session-unavailable.ts';
import type { SessionChoice, StatementDescription, Warehouse } from '../warehouse/warehouse.ts';

/** The look at the sessions did not come to an end in time, or the database refused it. */
export class SessionQueryFailed extends SlotkeeperError {
  constructor(message: string, options?: ErrorOptions) {
    super('SessionQueryFailed', message, options);
  }
}

/** Milliseconds before each look at the statement; somebody is waiting at the keyboard. About a minute in all. */
const LOOKS = [50, 100, 150, 250, 400, 500, 750, ...Array<number>(58).fill(1000)];

/**
 * Looks who holds a session now, with the very query of a run.
 *
 * It signs in for itself and leaves the reaper's kept Data API session to the runs. Only when the server does not let
 * it in, as when no slot is left, it asks on the kept one.
 *
 * @throws SessionQueryFailed
 */
export async function takeSnapshot(
  world: { warehouse: Warehouse; table: SessionTable; sleep: (ms: number) => Promise<unknown> },
  target: string,
): Promise<Snapshot> {
  const first = await ask(world, target, { kind: 'none' });
  if (first.status === 'FINISHED') {
    return await read(world.warehouse, first, target);
  }
  const kept = await world.table.readReaperSession(target);
  if (kept !== null) {
    try {
      const second = await ask(world, target, { kind: 'reuse', sessionId: kept.sessionId });
      if (second.status === 'FINISHED') {
        return await read(world.warehouse, second, target);
      }
    } catch (error) {
      // The kept session is busy or dead: what the server said first is what the reader has to know.
      if (!(error instanceof SessionUnavailable)) {
        throw error;
      }
    }
  }
  throw new SessionQueryFailed(
    `The session query on target ${target} ended ${first.status}: ${first.error ?? 'the database gave no message'}`,
  );
}

async function read(warehouse: Warehouse, statement: StatementDescription, target: string): Promise<Snapshot> {
  return readRedshiftSnapshot(await warehouse.fetchRows(statement.statementId), target);
}

async function ask(
  world: { warehouse: Warehouse; sleep: (ms: number) => Promise<unknown> },
  target: string,
  session: SessionChoice,
): Promise<StatementDescription> {
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
