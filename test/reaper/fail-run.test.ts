import { describe, expect, it } from 'vitest';
import { createFailRun } from '../../src/reaper/fail-run.ts';
import type { SessionTable } from '../../src/session-table/session-table.ts';
import { createReaperWorld, TARGET } from '../support/reaper-world.ts';

const STEP = { runId: 'run-1', startedAt: '2026-11-20T15:00:00.000Z', execution: 'arn:execution:run-1' };
const RUN = { target: TARGET, id: 'run-1', startedAt: STEP.startedAt, dryRun: false };
const LOCK = { target: TARGET, runId: 'run-1', now: STEP.startedAt, expiresAt: '2026-11-20T15:16:00.000Z' };

describe('the failure of a run', () => {
  it('gives back a lock that was taken although the run never came on record', async () => {
    const world = createReaperWorld();
    await world.table.takeRunLock(LOCK);
    const state = { input: { target: TARGET }, error: { Error: 'TableThrottled', Cause: 'not JSON' } };
    expect(await createFailRun(world.ports)({ ...STEP, state })).toEqual({
      error: 'TableThrottled',
      cause: 'not JSON',
    });
    expect(await world.table.holdsRunLock(LOCK)).toBe(false);
    expect((await world.table.listRuns({ target: TARGET })).items).toEqual([]);
  });

  it.each([['a text'], [null], [{ run: { target: 7 }, error: 'text', statement: [] }], [undefined]])(
    'is told to the operators even when the state is %j',
    async (state) => {
      const world = createReaperWorld();
      const { error } = await createFailRun(world.ports)({ ...STEP, state });
      expect(error).toBe('RunFailed');
      expect(world.operators.messages).toHaveLength(1);
    },
  );

  it('is told when a step did not say why', async () => {
    const { ports } = createReaperWorld();
    const failed = await createFailRun(ports)({ ...STEP, state: { run: RUN, error: { Error: 'States.Timeout' } } });
    expect(failed).toEqual({ error: 'States.Timeout', cause: 'No cause was given.' });
  });

  it('stays the first error when everything else fails too, and none is lost', async () => {
    const world = createReaperWorld();
    const fail = async () => Promise.reject(new Error('the network is down'));
    const table: SessionTable = { ...world.table, readRun: fail, releaseRunLock: fail };
    const ports = { ...world.ports, table, operators: { ...world.operators, publish: fail } };
    const state = { run: RUN, statement: { id: 'unknown', attempt: 0 }, description: { status: 'FAILED' } };
    const { error, cause } = await createFailRun(ports)({ ...STEP, state });
    expect(error).toBe('StatementFailed');
    expect(cause).toMatch(/^The query for the sessions failed; its message could not be read\./);
    expect(cause).toContain('Also could not find out why: StatementUnknown');
    expect(cause).toContain('Also could not read the run record: Error: the network is down.');
    expect(cause).toContain('Also could not tell the operators: Error: the network is down.');
    expect(cause).toContain('Also could not give the lock back: Error: the network is down.');
    // All that alarms can be told.
    expect(world.metrics.records).toEqual([{ target: RUN.target, figures: { RunFailed: 1, RunRefused: 0 } }]);
  });

  it('fits a Fail state, however long the message', async () => {
    const { ports } = createReaperWorld();
    const Cause = JSON.stringify({ errorType: 'X', errorMessage: 'y'.repeat(100_000), trace: [] });
    const { error, cause } = await createFailRun(ports)({
      ...STEP,
      state: { error: { Error: 'X'.repeat(999), Cause } },
    });
    expect([error.length, cause.length]).toEqual([256, 30_000]);
  });
});
