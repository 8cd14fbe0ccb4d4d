import { describe, expect, it } from 'vitest';
import { findFailure } from '../../src/reaper/find-failure.ts';
import type { StatementDescription } from '../../src/warehouse/warehouse.ts';

const STATE = { statement: { id: 'statement-1', attempt: 3 }, description: { status: 'FAILED' } };

/** A query that failed with this message. */
const failedWith =
  (error: string | null) =>
  async (statementId: string): Promise<StatementDescription> => ({
    statementId,
    status: 'FAILED',
    error,
    pid: 812,
    sessionId: null,
    hasResultSet: false,
    resultRows: -1,
  });

describe('why a run failed', () => {
  it('is a failed canary when the server refused the query for lack of a privilege', async () => {
    const refusal = 'ERROR: permission denied for relation stl_connection_log';
    const { name, message } = await findFailure(STATE, failedWith(refusal));
    expect(name).toBe('CanaryFailed');
    expect(message).toContain(refusal);
    expect(message).toContain('Sign in as a superuser');
  });

  it('is the lack of a slot when the server had none for the query', async () => {
    const refusal = 'FATAL: connection limit "500" exceeded for non-bootstrap users';
    const { name, message } = await findFailure(STATE, failedWith(refusal));
    expect(name).toBe('NoSlotLeft');
    expect(message).toContain(refusal);
    expect(message).toContain('runs.sessionKeepAlive');
  });

  it("is the statement's failure otherwise, in the database's words", async () => {
    expect(await findFailure(STATE, failedWith('ERROR: out of memory'))).toEqual({
      name: 'StatementFailed',
      message: 'The query for the sessions failed: ERROR: out of memory',
    });
    expect(await findFailure(STATE, failedWith(null))).toMatchObject({ name: 'StatementFailed' });
  });
});
