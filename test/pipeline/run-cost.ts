import pMap from 'p-map';
import { expect } from 'vitest';
import { type HistoryBytes, historyBytes } from '../../scripts/cost/history-bytes.ts';
import { isPollState } from '../../scripts/cost/is-poll-state.ts';
import { pidsIn, summaryOf } from './look.ts';
import { type EndedRun, expectSucceeded, MINUTE, type Pipeline, TARGET } from './pipeline.ts';

/** What a run cost besides its polls. */
export interface Cost extends HistoryBytes {
  /** What it asked of the server, by kind of request. */
  readonly requests: Readonly<Record<string, number>>;
  readonly transitions: number;
  /** How often it signalled and looked again: how fast sessions go is the server's affair, too. */
  readonly rounds: number;
}

async function runAtCost(pipeline: Pipeline): Promise<{ run: EndedRun; cost: Cost }> {
  const before = pipeline.server.requests();
  const run = await pipeline.run();
  const requests = Object.entries(pipeline.server.requests()).flatMap(([name, count]) => {
    const more = count - (before[name] ?? 0);
    return more === 0 ? [] : [[name, more] as const];
  });
  return {
    run,
    cost: {
      requests: Object.fromEntries(requests),
      transitions: run.states.filter((state) => !isPollState(state)).length,
      rounds: run.states.filter((state) => state === pipeline.engine.states.outcomes).length,
      ...historyBytes(run.events),
    },
  };
}

/** Has so many idle sessions warned by one run and ended by the next one. */
export async function reapAtCost(
  pipeline: Pipeline,
  count: number,
  user = 'web_shop',
): Promise<{ warning: Cost; ending: Cost }> {
  const sessions = await pMap(Array.from({ length: count }), () => pipeline.open(user, 'shop'), {
    concurrency: 8,
  });
  const pids = sessions.map(({ pid }) => pid).sort((a, b) => a - b);
  const mailsBefore = (await pipeline.cloud.inbox('owners')).length;

  await pipeline.clock.advance(31 * MINUTE);
  const warning = await runAtCost(pipeline);
  expectSucceeded(warning.run);
  expect(summaryOf(warning.run)).toMatchObject({ counts: { warn: count, terminate: 0 }, notices: { sent: 1 } });
  const [mail, ...others] = (await pipeline.cloud.inbox('owners')).slice(mailsBefore);
  expect(others).toEqual([]);
  expect(mail === undefined ? [] : pidsIn(mail).sort((a, b) => a - b)).toEqual(pids);
  const alive = await pipeline.alive();
  expect(pids.filter((pid) => !alive.has(pid))).toEqual([]);

  await pipeline.clock.advance(30 * MINUTE);
  const ending = await runAtCost(pipeline);
  expectSucceeded(ending.run);
  expect(summaryOf(ending.run)).toMatchObject({
    counts: { warn: 0, terminate: count },
    outcomes: { gone: count },
    unclaimed: {},
    eventsFailed: 0,
  });
  const left = await pipeline.alive();
  expect(pids.filter((pid) => left.has(pid))).toEqual([]);
  expect(await pipeline.table.listLiveBackends(TARGET)).toEqual([]);
  return { warning: warning.cost, ending: ending.cost };
}

/** The budget of a run, whatever the number of sessions. */
export function expectWithinBudget(cost: Cost): void {
  expect(Object.values(cost.requests).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(8);
  expect(cost.transitions).toBeLessThanOrEqual(45);
  expect(cost.largestEvent).toBeLessThanOrEqual(64 * 1024);
}
