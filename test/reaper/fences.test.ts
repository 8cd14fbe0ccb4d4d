import { describe, expect, it } from 'vitest';
import { createBeginRun } from '../../src/reaper/begin-run.ts';
import { createRecordNotice } from '../../src/reaper/record-notice.ts';
import type { SessionTable } from '../../src/session-table/session-table.ts';
import { VersionConflict } from '../../src/session-table/version-conflict.ts';
import { reap } from '../support/reap-machine.ts';
import { createReaperWorld, EVERYONE, type ReaperWorld, TARGET } from '../support/reaper-world.ts';

/** Ports whose table does something right before a method's first call. */
function happeningBefore(world: ReaperWorld, method: 'savePlan' | 'saveNotice', happening: () => void | Promise<void>) {
  let happened = false;
  const table: SessionTable = {
    ...world.table,
    async [method](...args: never[]) {
      if (!happened) {
        happened = true;
        await happening();
      }
      return await (world.table[method] as (...given: never[]) => Promise<void>)(...args);
    },
  };
  return { ...world.ports, table };
}

async function due(): Promise<ReaperWorld> {
  const world = createReaperWorld();
  world.redshift.open({ pid: 501, idle: 3000 });
  await reap(world.ports);
  world.clock.advance(900);
  return world;
}

describe('a run that has lost its lock', () => {
  it('ends nobody', async () => {
    const world = await due();
    const { failure, states } = await reap(happeningBefore(world, 'savePlan', () => world.clock.advance(961)));
    expect(failure?.error).toBe('RunLockLost');
    expect(states).toContain('SubmitTermination');
    expect(world.redshift.backends.has(501)).toBe(true);
    expect(await world.recordOf(501)).toMatchObject({ state: 'warned', claim: null });
  });

  it('tells no owner', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 3000 });
    await reap(happeningBefore(world, 'savePlan', () => world.clock.advance(961)));
    expect(world.owners.messages).toEqual([]);
    expect(await world.recordOf(501)).toBeUndefined();
  });

  it('does not give back the lock of the run that has it now', async () => {
    const world = await due();
    const now = new Date(world.clock.now().getTime() + 961_000).toISOString();
    const lock = { target: TARGET, runId: 'later', now, expiresAt: '2026-11-20T18:00:00.000Z' };
    await reap(
      happeningBefore(world, 'savePlan', async () => {
        world.clock.advance(961);
        await world.table.takeRunLock(lock);
      }),
    );
    expect(await world.table.holdsRunLock(lock)).toBe(true);
  });
});

describe('beginning a run', () => {
  const step = { runId: 'run-1', startedAt: '2026-11-20T15:00:00.000Z', execution: 'arn:execution:run-1' };

  it('hands the waits and rounds of the configuration to the state machine', async () => {
    const begin = createBeginRun(createReaperWorld().ports);
    expect(await begin({ ...step, input: { target: TARGET } })).toEqual({
      run: { target: TARGET, id: 'run-1', startedAt: '2026-11-20T15:00:00.000Z', dryRun: false },
      polling: { waits: [1, 1, 2], lastAttempt: 2 },
      settling: { round: 0, wait: 2, settled: false },
    });
  });

  it('enters again when the step is repeated, and refuses a run that has ended', async () => {
    const world = createReaperWorld();
    const begin = createBeginRun(world.ports);
    const first = await begin({ ...step, input: { target: TARGET } });
    expect(await begin({ ...step, input: { target: TARGET } })).toEqual(first);
    const record = await world.lastRun();
    await world.table.saveRun({ ...record, state: 'succeeded', version: 2 });
    await expect(begin({ ...step, input: { target: TARGET } })).rejects.toThrow(
      'Run run-1 of target analytics has succeeded',
    );
  });

  it('closes the record of a run that died', async () => {
    const world = createReaperWorld();
    const begin = createBeginRun(world.ports);
    await begin({ ...step, input: { target: TARGET } });
    world.clock.advance(961);
    await begin({ ...step, runId: 'run-2', startedAt: '2026-11-20T15:16:01.000Z', input: { target: TARGET } });
    const dead = await world.table.readRun({ target: TARGET, runId: 'run-1', startedAt: step.startedAt });
    expect(dead).toMatchObject({
      state: 'failed',
      error: { name: 'RunAbandoned' },
      finishedAt: '2026-11-20T15:16:01.000Z',
    });
  });
});

describe('storing receipts', () => {
  it('stores all that it can, and names what kept it from the rest', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 3000 }, { pid: 502, idle: 3000 });
    const table: SessionTable = {
      ...world.table,
      async saveBackend(record) {
        if (record.identity.pid === 501) {
          throw new VersionConflict('backend 501', record.version - 1);
        }
        await world.table.saveBackend(record);
      },
    };
    const { failure, states } = await reap({ ...world.ports, table });
    expect(failure).toBeNull();
    expect(states).toContain('RecordNoticeFailure');
    expect(await world.recordOf(501)).toBeUndefined();
    expect(await world.recordOf(502)).toMatchObject({ state: 'warned' });
    const run = await world.lastRun();
    const [notice] = await world.table.listNotices({ target: TARGET, runId: run.runId });
    expect(notice).toMatchObject({ state: 'failed', messageId: 'owner-message-1' });
    expect(notice?.error).toContain('ReceiptsNotStored: Expected to store the receipt on 2 backends, failed on 1');
  });

  it('keeps the earlier receipt of the same idle spell', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 3000 });
    await reap(world.ports);
    const earlier = await world.recordOf(501);
    const { runId, startedAt } = await world.lastRun();
    const [notice] = await world.table.listNotices({ target: TARGET, runId });
    await createRecordNotice(world.ports)({
      run: { target: TARGET, id: runId, startedAt, dryRun: false },
      notice: { noticeId: notice?.noticeId ?? '' },
      receipt: { messageId: 'later', channel: 'sns', at: '2026-11-20T15:05:00.000Z' },
    });
    expect(await world.recordOf(501)).toEqual(earlier);
  });
});

describe('a victim that changed between plan and claim', () => {
  it.each([
    ['was used', 'used-since', { lastActiveAt: '2026-11-20T15:10:00.000000Z' }],
    ['lost its receipt', 'no-receipt', { receipt: null }],
  ] as const)('is spared when it %s, and counted as %s', async (_, reason, change) => {
    const world = await due();
    const ports = happeningBefore(world, 'savePlan', async () => {
      const record = await world.recordOf(501);
      if (record !== undefined) {
        await world.table.saveBackend({ ...record, ...change, version: record.version + 1 });
      }
    });
    const { failure } = await reap(ports);
    expect(failure).toBeNull();
    expect((await world.lastRun()).unclaimed).toEqual({ [reason]: 1 });
    expect(world.redshift.backends.has(501)).toBe(true);
  });

  it('is spared when the configuration no longer has its rule', async () => {
    const world = await due();
    const { config } = world;
    const target = config.targets[TARGET];
    let rules = [EVERYONE];
    const changing = {
      ...config,
      targets: {
        [TARGET]: {
          ...target,
          get rules() {
            return rules;
          },
        },
      },
    } as typeof config;
    const ports = {
      ...happeningBefore(world, 'savePlan', () => {
        rules = [];
      }),
      config: changing,
    };
    await reap(ports);
    expect((await world.lastRun()).unclaimed).toEqual({ 'rule-gone': 1 });
    expect(world.redshift.backends.has(501)).toBe(true);
  });
});
