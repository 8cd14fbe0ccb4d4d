import { DATA_API_ATTEMPTS } from '../../src/warehouse/data-api-attempts.ts';
import { type Distribution, distributionOf } from '../harness/distribution.ts';
import { WrongResult } from '../harness/wrong-result.ts';
import { OPERATIONS, type Operation } from './account/metering-account.ts';
import { makeReady, type Work } from './make-ready.ts';
import { createRegion, type Region } from './region.ts';
import { runUntil } from './run-until.ts';
import { createRuns } from './runs.ts';
import { targetsOfOneStack } from './stacks.ts';
import type { Capacity } from './table/capacity.ts';
import { createTenantLoad } from './tenants.ts';

/** When a run begins, in milliseconds after the schedule's moment, and what its input has besides. */
export interface Start {
  readonly afterMs: number;
  readonly input?: Readonly<Record<string, unknown>>;
}

export interface SweepOptions {
  readonly seed: number;
  readonly targets: number;
  /** Of people, on each target. @default SESSIONS */
  readonly sessions?: number;
  readonly work: Work;
  /** Null: the schedule starts nothing, so that tenants are by themselves. */
  readonly startOf: ((target: string, index: number, region: Region) => Start) | null;
  /** How often a run's call is tried. @default as deployed */
  readonly attempts?: number;
  readonly tenants: { readonly count: number; readonly queriesPerSecond: number };
  /** How long tenants are there before it is measured: pooled sessions live for 300 s when idle. */
  readonly warmUpSeconds: number;
}

/** How much of something there was in all, and in the busiest whole second. */
export interface Amount {
  readonly total: number;
  readonly busiest: number;
}

/** How one sweep over all targets went, and what it left to everybody else. */
export interface SweepFigures {
  /** Measured: until the last run's end, and at least two minutes. */
  readonly window: number;
  /** From the schedule's moment to the last run's end. */
  readonly seconds: number;
  /** Runs that failed, by their error's name. */
  readonly failed: Readonly<Record<string, number>>;
  readonly runs: Readonly<Record<Operation, Amount & { readonly throttled: number }>>;
  readonly tenants: {
    readonly asked: number;
    readonly answered: number;
    /** By the error's name. */
    readonly failed: Readonly<Record<string, number>>;
    readonly throttled: number;
    /** Milliseconds from the call to the rows. */
    readonly times: Distribution;
  };
  readonly lambda: number;
  readonly transitions: Amount;
  readonly starts: Amount;
  readonly writes: CapacityFigures;
  readonly reads: CapacityFigures;
}

export interface CapacityFigures extends Amount {
  readonly calls: number;
  /** The partition key with the busiest second. */
  readonly hottest: { readonly key: string; readonly busiest: number };
}

const LEAST_MS = 120_000;
const MINUTE = 60_000;

/**
 * Makes a region ready, lets tenants in, and then lets a schedule start every target once.
 *
 * @throws WrongResult when a tenant got another's rows, or a run that was well left sessions that it was to end
 */
export async function sweep(options: SweepOptions): Promise<SweepFigures> {
  const { targets, seed, work, startOf, attempts = DATA_API_ATTEMPTS } = options;
  const region = createRegion(targets, seed, options.sessions);
  const runs = createRuns(region, { targetsOfStack: Math.min(targets, targetsOfOneStack()), attempts });
  await makeReady(region, runs, work);
  const { scheduler, account, dynamoDb } = region;
  const tenants = createTenantLoad(region, options.tenants.count);
  tenants.setRate(options.tenants.queriesPerSecond);
  await scheduler.run(scheduler.now + options.warmUpSeconds * 1000);

  for (const meter of [runs, account, dynamoDb, tenants]) {
    meter.reset();
  }
  const from = scheduler.now;
  const failed: Record<string, number> = {};
  let left = startOf === null ? 0 : targets;
  let last = from;
  for (const [index, target] of [...(startOf === null ? [] : region.sites.keys())].entries()) {
    const { afterMs, input } = startOf?.(target, index, region) ?? { afterMs: 0 };
    scheduler.after(afterMs, '', () => {
      void runs.start(target, input).then((ended) => {
        left -= 1;
        last = scheduler.now;
        if ('error' in ended) {
          failed[ended.error] = (failed[ended.error] ?? 0) + 1;
        }
      });
    });
  }
  await runUntil(scheduler, 60 * MINUTE, () => left === 0);
  await scheduler.run(Math.max(scheduler.now, from + LEAST_MS));
  const window = (scheduler.now - from) / 1000;
  const { figures } = tenants;
  const { answered } = figures;
  // Those that began count; no more begin, and they come to their end.
  tenants.setRate(0);
  await scheduler.run(scheduler.now + MINUTE);
  check(region, { work, startOf, failed, left, wrong: figures.wrong });

  return {
    window,
    seconds: (last - from) / 1000,
    failed,
    runs: Object.fromEntries(
      OPERATIONS.map((operation) => {
        const { taken, throttled } = account.of('runs', operation);
        return [operation, { ...amount(taken), throttled: throttled.total }];
      }),
    ) as SweepFigures['runs'],
    tenants: {
      asked: figures.asked,
      answered,
      failed: figures.failures,
      throttled: OPERATIONS.reduce((sum, operation) => sum + account.of('tenants', operation).throttled.total, 0),
      times: distributionOf(figures.times),
    },
    lambda: runs.fleet.most,
    transitions: amount(runs.transitions),
    starts: amount(runs.started),
    writes: capacityOf(dynamoDb.writes),
    reads: capacityOf(dynamoDb.reads),
  };
}

function amount({ busiest, total }: Amount): Amount {
  return { busiest, total };
}

function capacityOf(capacity: Capacity): CapacityFigures {
  return { ...amount(capacity.all), calls: capacity.calls, hottest: capacity.hottest() };
}

function check(
  { sites }: Region,
  seen: Pick<SweepOptions, 'work' | 'startOf'> & { failed: object; left: number; wrong: number },
): void {
  if (seen.wrong > 0) {
    throw new WrongResult('every tenant', 'to get the rows of its own query', `${seen.wrong} that did not`);
  }
  if (seen.left > 0) {
    throw new WrongResult('every run', 'to end within an hour', `${seen.left} that did not`);
  }
  const people = [...sites.values()].reduce(
    (sum, { cluster }) => sum + [...cluster.backends.values()].filter(({ kind }) => kind === 'client').length,
    0,
  );
  const isSwept = seen.work === 'ends' && seen.startOf !== null && Object.keys(seen.failed).length === 0;
  if (isSwept && people > 0) {
    throw new WrongResult('runs that all succeeded', 'to have ended all idle sessions', `${people} left`);
  }
}
