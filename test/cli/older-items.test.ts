import { describe, expect, it } from 'vitest';
import { readOlderItems, storeOlderItems } from '../support/older-items.ts';
import { reap } from '../support/reap-machine.ts';
import { createReaperWorld, type ReaperWorld, TARGET } from '../support/reaper-world.ts';
import { explain, explainJson } from './explain-in-world.ts';

/** So many seconds after the last run that wrote them, which was 16 minutes after the world's beginning. */
async function olderWorld(secondsSince: number): Promise<ReaperWorld> {
  const world = createReaperWorld();
  await storeOlderItems(world.table);
  world.clock.advance(960 + secondsSince);
  return world;
}

describe('items that were written before snoozes, held clients and bounded mail', () => {
  it('lead to the end of a session that had been warned then, on its old receipt', async () => {
    const world = await olderWorld(2700);
    const seconds = Math.floor((world.clock.now().getTime() - Date.parse('2026-11-20T14:26:40Z')) / 1000);
    world.redshift.open({ pid: 507, user: 'etl', idle: seconds });
    const old = await world.recordOf(507);
    expect(old).toMatchObject({ state: 'warned', lastActiveAt: '2026-11-20T14:26:40.000000Z' });
    expect((await reap(world.ports)).failure).toBeNull();
    expect(world.redshift.backends.has(507)).toBe(false);
    expect(await world.recordOf(507)).toMatchObject({ state: 'terminated', outcome: 'gone', receipt: old?.receipt });
    expect(world.owners.messages).toEqual([]);
  });

  it('explain a week later why a session was ended', async () => {
    const world = await olderWorld(7 * 86_400);
    const run = readOlderItems().runs.find(({ outcomes }) => outcomes.gone === 2);
    for (const [pid, rule] of [
      [501, 'everyone'],
      [502, 'scratch-users'],
    ] as const) {
      expect(await explainJson(world, pid)).toMatchObject([
        {
          alive: false,
          record: { state: 'terminated', outcome: 'gone' },
          decision: { run: run?.runId, action: 'terminate', code: 'due-termination', rule },
        },
      ]);
    }
    expect((await explain(world, '501')).out).toMatch(/^decision +kill: idle 1h 5m ≥ 1h \(rule everyone\)/m);
    expect((await explainJson(world, 506))[0]).toMatchObject({ record: { outcome: 'denied' } });
  });

  it('are read with their runs, notices, plans and recordings', async () => {
    const { table } = await olderWorld(0);
    const { runs, notices, plans, recordings } = readOlderItems();
    expect((await table.listRuns({ target: TARGET })).items).toEqual(runs);
    const read = await Promise.all(runs.map(({ runId }) => table.listNotices({ target: TARGET, runId })));
    expect(read.flat()).toEqual(notices);
    for (const { runId, plan } of plans) {
      expect(await table.readPlan({ target: TARGET, runId })).toEqual(plan);
    }
    expect(recordings).toHaveLength(1);
  });
});
