import { describe, expect, it } from 'vitest';
import { reap, runReapMachine } from '../support/reap-machine.ts';
import { createReaperWorld, type ReaperWorld, TARGET } from '../support/reaper-world.ts';

const SESSION_QUERY = ['SubmitSessionQuery', 'WaitForSessionQuery', 'DescribeSessionQuery', 'IsSessionQueryFinished'];
const PLANNED = ['KeepInput', 'BeginRun', ...SESSION_QUERY, 'PlanActions', 'IsDryRun'];
const WARNED = ['HasNotices', 'PublishNotices', 'PublishNotice', 'RecordNotice', 'HasTerminations'];
const TERMINATION = [
  'SubmitTermination',
  'IsTerminationSubmitted',
  'WaitForTermination',
  'DescribeTermination',
  'IsTerminationFinished',
];
const OUTCOME_QUERY = ['SubmitOutcomeQuery', 'WaitForOutcomeQuery', 'DescribeOutcomeQuery', 'IsOutcomeQueryFinished'];
const ROUND = [...TERMINATION, ...OUTCOME_QUERY, 'RecordOutcomes', 'AreOutcomesSettled'];
const NOT_WARNED = ['HasNotices', 'HasTerminations'];

/** A backend that was warned, and whose grace and idle limit are over at the world's time. */
async function dueWorld(options: Parameters<typeof createReaperWorld>[0] = {}): Promise<ReaperWorld> {
  const world = createReaperWorld(options);
  world.redshift.open({ pid: 501, idle: 3000 });
  const first = await reap(world.ports);
  expect(first.failure).toBeNull();
  world.clock.advance(900);
  return world;
}

async function expectLockFree({ table, clock }: ReaperWorld): Promise<void> {
  const now = clock.now().toISOString();
  const expiresAt = new Date(clock.now().getTime() + 1000).toISOString();
  expect(await table.takeRunLock({ target: TARGET, runId: 'somebody', now, expiresAt })).toEqual({ taken: true });
}

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
    expect(execution.states).toEqual(['KeepInput', 'BeginRun', 'RunSkipped']);
    expect(execution.failure).toBeNull();
    expect(JSON.stringify(execution.output)).toContain(
      'Run other has the lock of target analytics until 2026-11-20T15:10',
    );
    expect(world.redshift.calls.submit).toBe(0);
    expect(await world.table.holdsRunLock(lock)).toBe(true);
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
    [{}, 'InvalidRunInput', 'Expected the input {"target": string, "dryRun": boolean (optional)}'],
    ['analytics', 'InvalidRunInput', 'expected object, received string'],
    [[], 'InvalidRunInput', 'received array'],
  ])('on the input %j says what was expected', async (input, error, cause) => {
    const world = createReaperWorld();
    const execution = await runReapMachine(world.ports, input);
    expect(execution.states).toEqual(['KeepInput', 'BeginRun', ...FAILED]);
    expect(execution.failure?.error).toBe(error);
    expect(execution.failure?.cause).toContain(cause);
    expect(world.operators.messages).toHaveLength(1);
    expect((await world.table.listRuns({ target: TARGET })).items).toEqual([]);
  });

  it.each([
    [
      { status: 'FAILED', error: 'ERROR: connection limit exceeded' } as const,
      'StatementFailed',
      'connection limit exceeded',
    ],
    [{ status: 'ABORTED' } as const, 'StatementAborted', 'was aborted'],
  ])(
    'because its query came to %j says so, tells the operators and gives the lock back',
    async (fault, error, cause) => {
      const world = createReaperWorld();
      world.redshift.fail('look', 1, fault);
      const execution = await reap(world.ports);
      expect(execution.states).toEqual(['KeepInput', 'BeginRun', ...SESSION_QUERY, ...FAILED]);
      expect(execution.failure?.error).toBe(error);
      expect(execution.failure?.cause).toContain(cause);
      expect(await world.lastRun()).toMatchObject({ state: 'failed', error: { name: error } });
      expect(world.operators.messages[0]?.body).toContain(cause);
      expect(world.events.events.map(({ type }) => type)).toEqual(['Run Failed']);
      expect(world.metrics.records.at(-1)?.figures).toMatchObject({ RunFailed: 1 });
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
    expect(execution.states).toEqual(['KeepInput', 'BeginRun', ...SESSION_QUERY, 'PlanActions', ...FAILED]);
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
    expect(execution.states).toEqual(['KeepInput', 'BeginRun', ...SESSION_QUERY, 'PlanActions', ...FAILED]);
    expect(execution.failure?.error).toBe('CapExceeded');
    expect(world.operators.messages[0]?.body).toContain('3 terminations planned');
    expect([...world.redshift.backends.keys()]).toEqual(expect.arrayContaining([501, 502, 503]));
    expect(await world.lastRun()).toMatchObject({ state: 'failed', counts: { terminate: 3 } });
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

describe('a notice that fails', () => {
  it('fails nothing else, blocks the end of its backends, and is tried anew by the next run', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 7200 });
    world.owners.refuseNext();
    const execution = await reap(world.ports);
    expect(execution.states).toEqual([
      ...PLANNED,
      'HasNotices',
      'PublishNotices',
      'PublishNotice',
      'RecordNoticeFailure',
      'HasTerminations',
      'FinishRun',
    ]);
    expect(execution.failure).toBeNull();
    expect(await world.lastRun()).toMatchObject({ state: 'succeeded', notices: { sent: 0, failed: 1 } });
    expect(world.metrics.records.at(-1)?.figures).toMatchObject({ NoticesFailed: 1 });
    world.clock.advance(3600);
    await reap(world.ports);
    expect(world.redshift.backends.has(501)).toBe(true);
    expect(world.owners.messages).toHaveLength(1);
    expect(await world.recordOf(501)).toMatchObject({ state: 'warned' });
  });

  it('of one owner leaves the others told', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 7200 }, { pid: 502, idle: 7200, user: 'etl' });
    world.owners.refuseNext();
    await reap(world.ports);
    expect(await world.lastRun()).toMatchObject({ notices: { sent: 1, failed: 1 } });
    const states = await Promise.all([world.recordOf(501), world.recordOf(502)]);
    expect(states.filter((record) => record?.state === 'warned')).toHaveLength(1);
  });
});
