import { measureBlock } from './measure-block.ts';
import { coldPoolContender, poolContender } from './pool-contender.ts';
import type { World } from './world.ts';

/** Calls of one query. */
export interface WarmCalls {
  readonly dataApi: number;
  readonly table: number;
  /** Of the table, by a container that was never used before, where a session is idle. */
  readonly coldTable: number;
}

/** Single queries, one after the other within a lease: what they take of the services, the most that was seen. */
export async function countWarmCalls(world: World): Promise<WarmCalls> {
  const one = { callers: 1, queries: 1 };
  const warm = await poolContender(world, 'pool', { cap: 5, containers: 1 });
  const cold = await coldPoolContender(world, 'pool, cold');
  const most = { dataApi: 0, table: 0, coldTable: 0 };
  // The first ones open the sessions.
  await measureBlock(warm, one, world.cloud.counts);
  await measureBlock(cold, one, world.cloud.counts);
  for (let repetition = 0; repetition < 5; repetition += 1) {
    const { spent } = await measureBlock(warm, one, world.cloud.counts);
    most.dataApi = Math.max(most.dataApi, spent.dataApi);
    most.table = Math.max(most.table, spent.table);
    const { spent: ofCold } = await measureBlock(cold, one, world.cloud.counts);
    most.coldTable = Math.max(most.coldTable, ofCold.table);
  }
  await world.endBackends();
  return most;
}
