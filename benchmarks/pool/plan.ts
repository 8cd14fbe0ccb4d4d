import type { LatencySettings } from '../../local/latencies/latency-plan.ts';
import { bareContender } from './bare-contender.ts';
import type { Contender } from './contender.ts';
import { naiveContender } from './naive-contender.ts';
import { noReuseContender } from './no-reuse-contender.ts';
import { coldPoolContender, poolContender } from './pool-contender.ts';
import type { World } from './world.ts';

/** What a warehouse takes where the laptop takes nearly nothing, milliseconds. */
export const INJECTED: LatencySettings = {
  calls: { 'redshift-data': 20, dynamodb: 5 },
  connection: { from: 200, to: 500 },
  seed: 1,
};

/** Contenders that are measured in turn, with so many callers at once. */
export interface GroupPlan {
  readonly callers: number;
  /** Sessions of the pool that is smaller than the crowd; null: there is none. */
  readonly smallCap: number | null;
  /** Questions of each caller in a block. */
  readonly queries: number;
  /** Blocks of each contender. */
  readonly rounds: number;
}

export interface Plan {
  readonly own: readonly GroupPlan[];
  readonly injected: readonly GroupPlan[];
  /** Callers who all come at once when nothing is open, and how often that is tried. */
  readonly bursts: readonly { readonly callers: number; readonly smallCap: number; readonly repetitions: number }[];
  /** Containers on virtual time. */
  readonly containers: readonly { readonly callers: number; readonly cap: number; readonly queries: number }[];
}

export const FULL_PLAN: Plan = {
  own: [
    { callers: 1, smallCap: null, queries: 5, rounds: 60 },
    { callers: 10, smallCap: 5, queries: 5, rounds: 10 },
    { callers: 100, smallCap: 20, queries: 3, rounds: 5 },
  ],
  injected: [
    { callers: 1, smallCap: null, queries: 4, rounds: 10 },
    { callers: 10, smallCap: 5, queries: 4, rounds: 4 },
    { callers: 100, smallCap: 20, queries: 3, rounds: 3 },
  ],
  bursts: [
    { callers: 10, smallCap: 5, repetitions: 3 },
    { callers: 100, smallCap: 20, repetitions: 2 },
  ],
  containers: [
    { callers: 10, cap: 10, queries: 20 },
    { callers: 10, cap: 5, queries: 20 },
    { callers: 100, cap: 100, queries: 10 },
    { callers: 100, cap: 20, queries: 10 },
  ],
};

export const SHORT_PLAN: Plan = {
  own: [
    { callers: 1, smallCap: null, queries: 2, rounds: 2 },
    { callers: 10, smallCap: 5, queries: 1, rounds: 1 },
  ],
  injected: [{ callers: 1, smallCap: null, queries: 1, rounds: 1 }],
  bursts: [{ callers: 10, smallCap: 5, repetitions: 1 }],
  containers: [{ callers: 10, cap: 5, queries: 5 }],
};

/** A contender, and the name of the one whose sessions are as many: its own limit. */
export interface Entry {
  readonly contender: Contender;
  readonly limit: string;
}

/** The contenders of a group, the limit first. */
export async function contendersOf(world: World, { callers, smallCap }: GroupPlan): Promise<Entry[]> {
  const enough = `bare, ${sessions(callers)}`;
  const entries: Entry[] = [
    { contender: await bareContender(world, enough, callers), limit: enough },
    {
      contender: await poolContender(world, `pool, ${sessions(callers)}`, { cap: callers, containers: 1 }),
      limit: enough,
    },
  ];
  if (callers === 1) {
    entries.push({ contender: await coldPoolContender(world, 'pool, a cold container each time'), limit: enough });
  }
  if (smallCap !== null) {
    const few = `bare, ${sessions(smallCap)}`;
    const small = { cap: smallCap, containers: 1 };
    entries.push(
      { contender: await bareContender(world, few, smallCap), limit: few },
      { contender: await poolContender(world, `pool, ${sessions(smallCap)}`, small), limit: few },
    );
  }
  entries.push(
    { contender: await naiveContender(world, 'naive shared session'), limit: enough },
    { contender: await noReuseContender(world, 'no reuse'), limit: enough },
  );
  return entries;
}

function sessions(count: number): string {
  return count === 1 ? '1 session' : `${count} sessions`;
}
