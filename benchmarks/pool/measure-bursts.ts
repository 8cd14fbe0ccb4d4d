import type { BenchmarkOptions } from '../harness/benchmark.ts';
import type { Contender } from './contender.ts';
import { type BlockResult, measureBlock, mergeBlocks } from './measure-block.ts';
import type { GroupResult } from './measure-group.ts';
import { naiveContender } from './naive-contender.ts';
import { noReuseContender } from './no-reuse-contender.ts';
import type { Plan } from './plan.ts';
import { poolContender } from './pool-contender.ts';
import { watchBackends } from './watch-backends.ts';
import type { World } from './world.ts';

/** Callers who all come at once, with no session anywhere, and ask one question each. */
export async function measureBursts(
  world: World,
  { callers, smallCap, repetitions }: Plan['bursts'][number],
  say: BenchmarkOptions['say'],
): Promise<GroupResult[]> {
  const pool = (cap: number, containers: number, who: string) => () =>
    poolContender(world, `pool, at most ${cap} sessions, ${who}`, { cap, containers });
  const makers: readonly (() => Promise<Contender>)[] = [
    pool(callers, 1, 'one process'),
    pool(smallCap, 1, 'one process'),
    pool(smallCap, callers, 'a container for each'),
    () => naiveContender(world, 'naive shared session'),
    () => noReuseContender(world, 'no reuse'),
  ];
  const seen = makers.map(() => ({ blocks: [] as BlockResult[], most: 0, name: '', cap: null as number | null }));
  for (let repetition = 1; repetition <= repetitions; repetition += 1) {
    say(`  ${callers} callers at once, ${repetition} of ${repetitions}`);
    for (const [index, make] of makers.entries()) {
      const contender = await make();
      const { result, most } = await watchBackends(world.admin, contender.tenant, () =>
        measureBlock(contender, { callers, queries: 1 }, world.cloud.counts),
      );
      const one = seen[index];
      if (one !== undefined) {
        one.blocks.push(result);
        Object.assign(one, { most: Math.max(one.most, most), name: contender.name, cap: contender.cap });
      }
      await world.endBackends();
    }
  }
  return seen.map(({ blocks, most, name, cap }) => ({
    ...{ name, cap, callers, limit: name },
    queries: callers * repetitions,
    result: mergeBlocks(blocks),
    mostBackends: most,
  }));
}
