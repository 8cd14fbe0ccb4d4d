import type { ReaperSessionRecord } from '../session-table/reaper-session-record.ts';
import { signInOf } from '../session-table/sign-in-of.ts';
import { VersionConflict } from '../session-table/version-conflict.ts';
import { SessionUnavailable } from '../warehouse/session-unavailable.ts';
import { clientToken } from './client-token.ts';
import { findDataApiTarget } from './find-data-api-target.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import type { RunRef } from './run-ref.ts';

/** A statement of a run, and which one it is. */
export interface RunStatement {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly step: string;
  readonly round: number;
}

/**
 * Submits a statement on the Data API session that the reaper keeps per target. It gets in there when no slot is left,
 * which is when it is needed most. Where that session is busy or dead, or signed in as the target no longer says, a new
 * one takes its place.
 *
 * What the answered function takes last is asked right before each submission, with no other call between the two: one
 * that waits there may find that its run has been given up meanwhile.
 */
export function createSubmitOnKeptSession(ports: ReaperPorts) {
  return async (
    run: RunRef,
    statement: RunStatement,
    fence: () => Promise<void> = async () => undefined,
  ): Promise<{ statementId: string }> => {
    const { config, table, warehouseOf } = ports;
    const target = findDataApiTarget(config, run.target);
    const warehouse = warehouseOf(target);
    const signIn = signInOf(target);
    const { sql, parameters, step, round } = statement;
    const kept = await table.readReaperSession(run.target);
    if (kept?.signIn === signIn) {
      await fence();
      try {
        const { statementId } = await warehouse.submit({
          sql,
          parameters,
          session: { kind: 'reuse', sessionId: kept.sessionId },
          clientToken: clientToken(run, step, round, 0),
        });
        return { statementId };
      } catch (error) {
        if (!(error instanceof SessionUnavailable)) {
          throw error;
        }
      }
    }
    await fence();
    const { statementId, sessionId } = await warehouse.submit({
      sql,
      parameters,
      session: { kind: 'new', keepAliveSeconds: config.runs.sessionKeepAlive },
      clientToken: clientToken(run, step, round, 1),
    });
    if (sessionId !== null && sessionId !== kept?.sessionId) {
      await keepSession(ports, { target: run.target, sessionId, signIn, version: (kept?.version ?? 0) + 1 });
    }
    return { statementId };
  };
}

async function keepSession(
  { table, now }: ReaperPorts,
  session: Omit<ReaperSessionRecord, 'createdAt'>,
): Promise<void> {
  try {
    await table.saveReaperSession({ ...session, createdAt: now().toISOString() });
  } catch (error) {
    // Another step has kept a session meanwhile: that one is used from now on, and this one ends by its keep-alive.
    if (!(error instanceof VersionConflict)) {
      throw error;
    }
  }
}
