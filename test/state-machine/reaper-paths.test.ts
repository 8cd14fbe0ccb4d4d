import { describe, expect, it } from 'vitest';
import { reap } from '../support/reap-machine.ts';
import { dueWorld, expectLockFree, NOT_WARNED, PLANNED, ROUND, WARNED } from '../support/reaper-paths.ts';
import { createReaperWorld, TARGET } from '../support/reaper-world.ts';

describe('a run', () => {
  it('with nobody idle looks once and ends', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 1799 }, { pid: 502, running: true });
    const execution = await reap(world.ports);
    expect(execution.states).toEqual([...PLANNED, ...NOT_WARNED, 'FinishRun']);
    expect(execution.output).toMatchObject({
      run: {
        target: TARGET,
        state: 'succeeded',
        counts: { backends: 3, keep: 3, warn: 0, terminate: 0, recovered: 0 },
      },
    });
    expect(await world.lastRun()).toMatchObject({ kept: { 'below-warning': 1, own: 1, running: 1 } });
    expect(await world.recordOf(501)).toBeUndefined();
    await expectLockFree(world);
  });

  it('that finds an idle backend warns its owner, stores the receipt and ends nobody', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 7200 });
    const execution = await reap(world.ports);
    expect(execution.states).toEqual([...PLANNED, ...WARNED, 'FinishRun']);
    expect(await world.recordOf(501)).toMatchObject({
      state: 'warned',
      receipt: { messageId: 'owner-message-1', at: '2026-11-20T15:00:00.000Z', owner: 'bi-team@example.com' },
    });
    expect(world.owners.messages).toHaveLength(1);
    expect(world.redshift.backends.has(501)).toBe(true);
    expect(world.events.events.map(({ type }) => type)).toEqual(['Backend Warned', 'Run Finished']);
  });

  it('warns only once in an idle spell, however many runs look', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 1800 });
    await reap(world.ports);
    world.clock.advance(600);
    const second = await reap(world.ports);
    expect(second.states).toEqual([...PLANNED, ...NOT_WARNED, 'FinishRun']);
    expect(world.owners.messages).toHaveLength(1);
    expect((await world.lastRun()).kept).toMatchObject({ 'warned-waiting': 1 });
  });

  it('ends a warned backend when its grace is over, and sees that it is gone', async () => {
    const world = await dueWorld();
    const execution = await reap(world.ports);
    expect(execution.states).toEqual([...PLANNED, ...NOT_WARNED, ...ROUND, 'FinishRun']);
    expect(world.redshift.backends.has(501)).toBe(false);
    const record = await world.recordOf(501);
    expect(record).toMatchObject({ state: 'terminated', outcome: 'gone', claim: null });
    expect(record?.events.map(({ type }) => type)).toEqual(['warned', 'termination-claimed', 'terminated']);
    expect(await world.lastRun()).toMatchObject({ outcomes: { gone: 1, 'still-there': 0 }, unclaimed: {} });
  });

  it('that finds a warned backend used again records its recovery and leaves it alone', async () => {
    const world = await dueWorld();
    world.redshift.use(501);
    world.clock.advance(60);
    const execution = await reap(world.ports);
    expect(execution.states).toEqual([...PLANNED, ...NOT_WARNED, 'FinishRun']);
    expect(await world.recordOf(501)).toMatchObject({ state: 'recovered', receipt: null });
    expect((await world.lastRun()).counts).toMatchObject({ recovered: 1, terminate: 0 });
    expect(world.events.events.map(({ type }) => type)).toContain('Backend Recovered');
  });

  it('leaves alone a backend that comes back to life between plan and end', async () => {
    const world = await dueWorld();
    world.redshift.before('termination', 1, () => {
      const backend = world.redshift.backends.get(501);
      if (backend !== undefined) {
        backend.running = true;
      }
    });
    const execution = await reap(world.ports);
    expect(execution.states).toEqual([...PLANNED, ...NOT_WARNED, ...ROUND, 'FinishRun']);
    expect(world.redshift.backends.has(501)).toBe(true);
    expect(await world.recordOf(501)).toMatchObject({ state: 'recovered', outcome: 'busy-again', receipt: null });
    expect((await world.lastRun()).outcomes).toMatchObject({ 'busy-again': 1, gone: 0 });
  });

  it('tells a backend that its client closed in time from one that it ended itself', async () => {
    const world = await dueWorld();
    world.redshift.before('termination', 1, () => world.redshift.close(501));
    await reap(world.ports);
    expect(await world.recordOf(501)).toMatchObject({ state: 'terminated', outcome: 'already-gone' });
  });

  it('does not say that one left by itself which a statement that failed may have ended', async () => {
    const world = await dueWorld();
    world.redshift.fail('termination', 1, { status: 'FAILED', error: 'ERROR: out of memory' });
    world.redshift.before('termination', 2, () => world.redshift.close(501));
    await reap(world.ports);
    const record = await world.recordOf(501);
    expect(record).toMatchObject({ state: 'terminated', outcome: 'gone' });
    expect(record?.events.at(-1)?.detail).toMatchObject({ round: 1, signalled: null });
  });

  it('signals again, round by round, until a slow backend is gone', async () => {
    const world = await dueWorld();
    Object.assign(world.redshift.backends.get(501) ?? {}, { outlives: 1 });
    const execution = await reap(world.ports);
    expect(execution.states).toEqual([...PLANNED, ...NOT_WARNED, ...ROUND, 'WaitForSettling', ...ROUND, 'FinishRun']);
    const record = await world.recordOf(501);
    expect(record).toMatchObject({ state: 'terminated', outcome: 'gone' });
    expect(record?.events.map(({ type }) => type)).toEqual([
      'warned',
      'termination-claimed',
      'termination-signalled',
      'terminated',
    ]);
  });

  it('calls a backend gone that died of an earlier signal before the next', async () => {
    const world = await dueWorld();
    Object.assign(world.redshift.backends.get(501) ?? {}, { outlives: 9 });
    world.redshift.before('termination', 2, () => world.redshift.close(501));
    await reap(world.ports);
    expect(await world.recordOf(501)).toMatchObject({ outcome: 'gone' });
  });

  it('gives up after the bound on one that is still there, and may try it again in the next run', async () => {
    const world = await dueWorld();
    Object.assign(world.redshift.backends.get(501) ?? {}, { outlives: 3 });
    const execution = await reap(world.ports);
    const again = ['WaitForSettling', ...ROUND];
    expect(execution.states).toEqual([...PLANNED, ...NOT_WARNED, ...ROUND, ...again, ...again, 'FinishRun']);
    expect(await world.recordOf(501)).toMatchObject({ state: 'terminated', outcome: 'still-there' });
    expect(world.metrics.records.at(-1)?.figures).toMatchObject({ BackendsStillThere: 1, BackendsEnded: 0 });
    world.clock.advance(600);
    await reap(world.ports);
    expect(await world.recordOf(501)).toMatchObject({ state: 'terminated', outcome: 'gone' });
    expect(world.owners.messages).toHaveLength(1);
  });

  it('records a refusal of the server as denied, and succeeds', async () => {
    const world = await dueWorld();
    Object.assign(world.redshift.backends.get(501) ?? {}, { denied: true });
    const execution = await reap(world.ports);
    expect(execution.failure).toBeNull();
    expect(await world.recordOf(501)).toMatchObject({ state: 'terminated', outcome: 'denied' });
    expect(world.metrics.records.at(-1)?.figures).toMatchObject({ BackendsDenied: 1 });
  });

  it('looks what became of its victims when the guarded statement itself fails', async () => {
    const world = await dueWorld();
    world.redshift.fail('termination', 1, { status: 'FAILED', error: 'ERROR: out of memory' });
    const execution = await reap(world.ports);
    expect(execution.states).toEqual([...PLANNED, ...NOT_WARNED, ...ROUND, 'WaitForSettling', ...ROUND, 'FinishRun']);
    expect(await world.recordOf(501)).toMatchObject({ outcome: 'gone' });
  });

  it('cancels a guarded statement that does not end, and looks what became of its victims', async () => {
    const world = await dueWorld();
    world.redshift.fail('termination', 1, { status: 'SUBMITTED' });
    const execution = await reap(world.ports);
    expect(world.redshift.cancelled).toEqual(['termination-statement-1']);
    expect(execution.states).toContain('CancelTermination');
    expect(await world.recordOf(501)).toMatchObject({ state: 'terminated', outcome: 'gone' });
  });

  it('ends without a statement when none of its victims can be claimed any more', async () => {
    const world = await dueWorld();
    const snooze = async () => {
      const record = await world.recordOf(501);
      if (record === undefined) {
        throw new Error('Expected a record of backend 501.');
      }
      await world.table.saveBackend({ ...record, state: 'snoozed', endsAt: null, version: record.version + 1 });
    };
    const table = { ...world.table };
    const ports = {
      ...world.ports,
      table: {
        ...table,
        async savePlan(...args: Parameters<typeof table.savePlan>) {
          await table.savePlan(...args);
          await snooze();
        },
      },
    };
    const execution = await reap(ports);
    expect(execution.states).toEqual([
      ...PLANNED,
      ...NOT_WARNED,
      'SubmitTermination',
      'IsTerminationSubmitted',
      'FinishRun',
    ]);
    expect((await world.lastRun()).unclaimed).toEqual({ snoozed: 1 });
    expect(world.redshift.backends.has(501)).toBe(true);
  });

  it('ends backends of a rule without notice at once', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 601, idle: 3600, user: 'scratch_1' }, { pid: 602, idle: 3599, user: 'scratch_2' });
    const execution = await reap(world.ports);
    expect(execution.states).toEqual([...PLANNED, ...NOT_WARNED, ...ROUND, 'FinishRun']);
    expect([...world.redshift.backends.keys()]).not.toContain(601);
    expect([...world.redshift.backends.keys()]).toContain(602);
    expect(world.owners.messages).toEqual([]);
  });
});
