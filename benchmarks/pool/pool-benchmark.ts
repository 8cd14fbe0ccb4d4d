import type { Benchmark, BenchmarkOptions } from '../harness/benchmark.ts';
import type { Report } from '../harness/report.ts';
import { countWarmCalls } from './count-warm-calls.ts';
import { measureBursts } from './measure-bursts.ts';
import { type GroupResult, measureGroup } from './measure-group.ts';
import { FULL_PLAN, type GroupPlan, INJECTED, SHORT_PLAN } from './plan.ts';
import { poolBudgets } from './pool-budgets.ts';
import { burstTable, containersTable, steadyTable } from './pool-tables.ts';
import { type ContainersResult, simulateContainers } from './simulate-containers.ts';
import { startWorld, type World } from './world.ts';

const LATENCIES = 'opening a session 200 to 500 ms, a Data API call 20 ms, a table call 5 ms';

/** Queries of tenants' callers through Slotkeeper's pool, and what people do instead. */
export const poolBenchmark: Benchmark = {
  name: 'pool',
  about: 'queries of 1, 10 and 100 callers through the pool, against no reuse, a naive pool and bare sessions',
  run: measurePool,
};

async function measurePool({ short, say }: BenchmarkOptions): Promise<Report> {
  const plan = short ? SHORT_PLAN : FULL_PLAN;
  const containers: ContainersResult[] = [];
  for (const one of plan.containers) {
    say(`  ${one.callers} containers on virtual time`);
    containers.push(await simulateContainers(one));
  }
  say('  starts an embedded cloud in a process of its own …');
  const world = await startWorld();
  try {
    const warm = await countWarmCalls(world);
    const own = await measureGroups(world, plan.own, say);
    await world.cloud.setLatencies(INJECTED);
    const injected = await measureGroups(world, plan.injected, say);
    const bursts: GroupResult[] = [];
    for (const burst of plan.bursts) {
      bursts.push(...(await measureBursts(world, burst, say)));
    }
    return {
      tables: [
        steadyTable("Warm queries, with the embedded cloud's own latencies", own, [
          'A caller asks the next question as soon as it has the answer; each asks for a value of its own, and every answer was compared. All callers of a row are one tenant and one process.',
          'bare: open sessions, whose ids the process knows and hands to callers in turn: ExecuteStatement that waits, then GetStatementResult. It is the limit; "p50 : bare" compares with the bare sessions that are as many.',
          'naive: one SessionId in the table, read and stamped for each query, used by whoever comes; where the service says "Session is not available" it is thrown away and another one opened. What it opened is ended after each block, where on AWS it would stay for its keep-alive of 300 s: a cluster allows 500.',
          'sessions opened: during all the queries of the row. p50, p95 and p99 count answers only.',
        ]),
        steadyTable(`Warm queries, with injected latencies: ${LATENCIES}`, injected, [
          'As above. With fewer sessions than callers, queries wait in line for one, in the pool as for the bare sessions. A lease of the pool lasts 10 s; one that ran out while the others had their turns costs table calls to renew.',
        ]),
        burstTable(`Everybody comes at once and nothing is open, with injected latencies: ${LATENCIES}`, bursts, [
          'One question each. All containers share one process and its processor here: with a hundred that is what their times measure.',
          'most at once: backends of the contender that the server had, looked at every 20 ms.',
        ]),
        containersTable(`A container for each caller, on virtual time: ${LATENCIES}`, containers, [
          'As on Lambda, where each container has a processor of its own; here no work takes time, only calls do. The pool itself, on a simulated service and an in-memory table; the same figures on every machine.',
          'All begin at once with nothing open; the first query of each, then those that it asks one after the other. A bare session would take 43 ms: two calls and the statement.',
        ]),
      ],
      budgets: poolBudgets({ warm, own, bursts, containers }),
    };
  } finally {
    await world.stop();
  }
}

async function measureGroups(
  world: World,
  plans: readonly GroupPlan[],
  say: BenchmarkOptions['say'],
): Promise<GroupResult[]> {
  const results: GroupResult[] = [];
  for (const plan of plans) {
    results.push(...(await measureGroup(world, plan, say)));
  }
  return results;
}
