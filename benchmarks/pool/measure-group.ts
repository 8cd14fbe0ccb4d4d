import type { BenchmarkOptions } from '../harness/benchmark.ts';
import { type BlockResult, measureBlock, mergeBlocks } from './measure-block.ts';
import { contendersOf, type Entry, type GroupPlan } from './plan.ts';
import { watchBackends } from './watch-backends.ts';
import type { World } from './world.ts';

/** What a contender came to, with so many callers. */
export interface GroupResult {
  readonly name: string;
  readonly limit: string;
  readonly callers: number;
  readonly cap: number | null;
  readonly queries: number;
  readonly result: BlockResult;
  /** Most backends that the server had of it at once. */
  readonly mostBackends: number;
}

/**
 * Contenders in turn, block by block, so that what slows the machine down slows all of them. Before each block every
 * caller asks one question that is not counted: what is measured is warm.
 */
export async function measureGroup(
  world: World,
  plan: GroupPlan,
  say: BenchmarkOptions['say'],
): Promise<GroupResult[]> {
  const entries = await contendersOf(world, plan);
  const { callers, queries, rounds } = plan;
  const blocks = new Map<Entry, BlockResult[]>(entries.map((entry) => [entry, []]));
  const most = new Map<Entry, number>();
  for (const { contender } of entries) {
    await contender.open();
  }
  // The first round warms the code up.
  for (let round = 0; round <= rounds; round += 1) {
    say(`  ${callers} callers, round ${round} of ${rounds}`);
    for (let turn = 0; turn < entries.length; turn += 1) {
      const entry = entries[(turn + round) % entries.length];
      if (entry === undefined) {
        continue;
      }
      const { contender } = entry;
      const { result, most: backends } = await watchBackends(world.admin, contender.tenant, async () => {
        await measureBlock(contender, { callers, queries: 1 }, world.cloud.counts);
        return measureBlock(contender, { callers, queries }, world.cloud.counts);
      });
      most.set(entry, Math.max(most.get(entry) ?? 0, backends));
      if (round > 0) {
        blocks.get(entry)?.push(result);
      }
      if (contender.cap === null) {
        // What it leaves behind must not stand in the way of the others.
        await world.endBackends(contender.tenant);
      }
    }
  }
  await world.endBackends();
  return entries.map((entry) => ({
    name: entry.contender.name,
    limit: entry.limit,
    callers,
    cap: entry.contender.cap,
    queries: callers * queries * rounds,
    result: mergeBlocks(blocks.get(entry) ?? []),
    mostBackends: most.get(entry) ?? 0,
  }));
}
