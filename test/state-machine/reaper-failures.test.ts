import { describe, expect, it } from 'vitest';
import { reap, runReapMachine } from '../support/reap-machine.ts';
import {
  dueWorld,
  expectLockFree,
  NOT_WARNED,
  OUTCOME_QUERY,
  PLANNED,
  SESSION_QUERY,
  TERMINATION,
} from '../support/reaper-paths.ts';
import { createReaperWorld, TARGET } from '../support/reaper-world.ts';

describe('a run that must not act', () => {
  it('is skipped while another one has the lock', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 7200 });
    const lock = {
      target: TARGET,
      runId: 'other',
      now: '2026-11-20T15:00:00.000Z',
      expiresAt: '2026-11-20T15:10:00.000Z',
    };
    await world.table.takeRunLock(lock);
    const execution = await reap(world.ports);
    expect(execution.states).toEqual(['KeepInput', 'HasTurn', 'BeginRun', 'RunSkipped']);
    expect(execution.failure).toBeNull();
    expect(JSON.stringify(execution.output)).toContain(
      'Run other has the lock of target analytics until 2026-11-20T15:10',
    );
    expect(world.redshift.calls.submit).toBe(0);
    expect(await world.table.holdsRunLock(lock)).toBe(true);
    expect(world.metrics.records).toEqual([{ target: TARGET, figures: { RunSkipped: 1 } }]);
  });

  it('comes to the same plan when dry, and acts on nothing', async () => {
    const world = await dueWorld();
    world.redshift.open({ pid: 502, idle: 2000 });
    const before = await world.recordOf(501);
    const dry = await reap(world.ports, true);
    expect(dry.states).toEqual([...PLANNED, 'FinishRun']);
    const dryRun = await world.lastRun();
    expect(dryRun).toMatchObject({ dryRun: true, counts: { warn: 1, terminate: 1 } });
    expect(await world.recordOf(501)).toEqual(before);
    expect(world.owners.messages).toHaveLength(1);
    expect(world.metrics.records.at(-1)?.figures).toMatchObject({ BackendsWarned: 0, BackendsEnded: 0 });
    world.clock.advance(1);
    await reap(world.ports);
    expect((await world.lastRun()).planHash).toBe(dryRun.planHash);
    expect(await world.recordOf(501)).toMatchObject({ state: 'terminated' });
  });
});

describe('a run that fails', () => {
  const FAILED = ['FailRun', 'RunFailed'];

  it.each([
    [{ target: 'nowhere' }, 'TargetUnknown', 'Expected a target of slotkeeper.yml (analytics), got "nowhere".'],
    [{ target: 'constructor' }, 'TargetUnknown', 'got "constructor"'],
    [{ target: TARGET, dryrun: true }, 'InvalidRunInput', 'Unrecognized key: "dryrun"'],
    [
      { target: 7, dryRun: 'yes' },
      'InvalidRunInput',
      'target: Invalid input: expected string, received number; dryRun:',
    ],
    [{}, 'InvalidRunInput', 'Expected the input {"target": string, "dryRun": boolean (optional), '],
    ['analytics', 'InvalidRunInput', 'expected object, received string'],
    [[], 'InvalidRunInput', 'received array'],
  ])('on the input %j says what was expected', async (input, error, cause) => {
    const world = createReaperWorld();
    const execution = await runReapMachine(world.ports, input);
    expect(execution.states).toEqual(['KeepInput', 'HasTurn', 'BeginRun', ...FAILED]);
    expect(execution.failure?.error).toBe(error);
    expect(execution.failure?.cause).toContain(cause);
    expect(world.operators.messages).toHaveLength(1);
    expect((await world.table.listRuns({ target: TARGET })).items).toEqual([]);
  });

  it.each([
    [
      { status: 'FAILED', error: 'ERROR: connection limit exceeded' } as const,
      'NoSlotLeft',
      'connection limit exceeded',
    ],
    [{ status: 'ABORTED' } as const, 'StatementAborted', 'was aborted'],
  ])(
    'because its query came to %j says so, tells the operators and gives the lock back',
    async (fault, error, cause) => {
      const world = createReaperWorld();
      world.redshift.fail('look', 1, fault);
      const execution = await reap(world.ports);
      expect(execution.states).toEqual(['KeepInput', 'HasTurn', 'BeginRun', ...SESSION_QUERY, ...FAILED]);
      expect(execution.failure?.error).toBe(error);
      expect(execution.failure?.cause).toContain(cause);
      expect(await world.lastRun()).toMatchObject({ state: 'failed', error: { name: error } });
      expect(world.operators.messages[0]?.body).toContain(cause);
      expect(world.events.events.map(({ type }) => type)).toEqual(['Run Failed']);
      expect(world.metrics.records.at(-1)?.figures).toMatchObject({ RunFailed: 1, RunRefused: 0 });
      await expectLockFree(world);
    },
  );

  it('because its query does not end stops looking at the bound, and cancels it', async () => {
    const world = createReaperWorld();
    world.redshift.fail('look', 1, { status: 'SUBMITTED' });
    const execution = await reap(world.ports);
    const look = ['WaitForSessionQuery', 'DescribeSessionQuery', 'IsSessionQueryFinished'];
    const backOff = ['BackOffSessionQuery', ...look];
    expect(execution.states).toEqual([
      'KeepInput',
      'HasTurn',
      'BeginRun',
      'SubmitSessionQuery',
      ...look,
      ...backOff,
      ...backOff,
      'CancelSessionQuery',
      ...FAILED,
    ]);
    expect(world.redshift.cancelled).toEqual(['look-statement-1']);
    expect(execution.failure?.error).toBe('StatementTimedOut');
    expect(execution.failure?.cause).toContain('after 3 looks (SUBMITTED at the last)');
    await expectLockFree(world);
  });

  it('because its outcome query fails leaves the claims to the next run, which settles them', async () => {
    const world = await dueWorld();
    world.redshift.fail('look', 3, { status: 'FAILED', error: 'ERROR: disk full' });
    const execution = await reap(world.ports);
    expect(execution.states).toEqual([...PLANNED, ...NOT_WARNED, ...TERMINATION, ...OUTCOME_QUERY, ...FAILED]);
    expect(await world.recordOf(501)).toMatchObject({ state: 'terminating' });
    expect(world.events.events.at(-2)?.type).toBe('Backend Termination Claimed');
    world.clock.advance(60);
    await reap(world.ports);
    expect(await world.recordOf(501)).toMatchObject({ state: 'terminated', outcome: 'gone' });
  });

  it('because an outcome look cannot see everyone takes nobody to be gone', async () => {
    const world = await dueWorld();
    world.redshift.before('look', 3, () => {
      world.redshift.seesEveryone = false;
    });
    const execution = await reap(world.ports);
    expect(execution.failure?.error).toBe('CanaryFailed');
    expect(await world.recordOf(501)).toMatchObject({ state: 'terminating', outcome: null });
  });

  it('because its user does not see everyone records nothing about any backend', async () => {
    const world = await dueWorld();
    const before = await world.recordOf(501);
    world.redshift.seesEveryone = false;
    const execution = await reap(world.ports);
    expect(execution.states).toEqual(['KeepInput', 'HasTurn', 'BeginRun', ...SESSION_QUERY, 'PlanActions', ...FAILED]);
    expect(execution.failure?.error).toBe('CanaryFailed');
    expect(await world.recordOf(501)).toEqual(before);
    await expectLockFree(world);
  });

  it('because its plan goes past a cap ends nobody, trims nothing, and tells the operators', async () => {
    const world = createReaperWorld({ caps: { maxTerminations: 2, maxShare: 1 } });
    for (const pid of [501, 502, 503]) {
      world.redshift.open({ pid, idle: 3000 });
    }
    await reap(world.ports);
    world.clock.advance(900);
    const execution = await reap(world.ports);
    expect(execution.states).toEqual(['KeepInput', 'HasTurn', 'BeginRun', ...SESSION_QUERY, 'PlanActions', ...FAILED]);
    expect(execution.failure?.error).toBe('CapExceeded');
    expect(world.operators.messages[0]?.body).toContain('3 terminations planned');
    expect([...world.redshift.backends.keys()]).toEqual(expect.arrayContaining([501, 502, 503]));
    expect(await world.lastRun()).toMatchObject({ state: 'failed', counts: { terminate: 3 } });
    // A refusal is no failure, and is counted by its name.
    expect(world.metrics.records.at(-1)).toMatchObject({
      figures: { RunFailed: 0, RunRefused: 1 },
      refusal: 'CapExceeded',
    });
    await expectLockFree(world);
  });

  it('keeps its first error when the operators cannot be told', async () => {
    const world = createReaperWorld();
    world.redshift.fail('look', 1, { status: 'ABORTED' });
    world.operators.refuseNext();
    const execution = await reap(world.ports);
    expect(execution.failure?.error).toBe('StatementAborted');
    expect(execution.failure?.cause).toMatch(/was aborted.*Also could not tell the operators: NoticeRefused/);
    await expectLockFree(world);
  });
});
