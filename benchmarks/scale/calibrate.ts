import { readFileSync } from 'node:fs';
import type { MeasuredRun, MeasuredRuns } from '../../scripts/cost/measured-runs.ts';
import type { Table } from '../harness/report.ts';
import { WrongResult } from '../harness/wrong-result.ts';
import { OPERATIONS } from './account/metering-account.ts';
import { createRegion } from './region.ts';
import { runUntil } from './run-until.ts';
import { createRuns } from './runs.ts';

const MEASURED = new URL('../../scripts/cost/measured.json', import.meta.url);
const MINUTE = 60_000;
const KINDS = ['quiet', 'warning', 'ending'] as const;
/** What must be the very same. Looks at a statement, and with them transitions, depend on how long it takes. */
const EXACT = ['lambda', 'writes', 'reads', 'messages', 'events'] as const satisfies readonly (keyof MeasuredRun)[];

/**
 * Counts one run of each kind in the simulation and holds the counts against those of the embedded cloud, where the very
 * functions run against real services.
 *
 * @throws WrongResult when they differ: then no other figure of the simulation would mean anything
 */
export async function calibrate(seed: number): Promise<Table> {
  const measured = JSON.parse(readFileSync(MEASURED, 'utf8')) as MeasuredRuns;
  const region = createRegion(1, seed);
  const { scheduler, account, dynamoDb } = region;
  const runs = createRuns(region, { targetsOfStack: 1, attempts: 1 });
  const count = async (): Promise<MeasuredRun> => {
    for (const meter of [runs, account, dynamoDb]) {
      meter.reset();
    }
    let isOver = false;
    void runs.start('target-1', { startAfter: 1 }).then((ended) => {
      isOver = 'output' in ended;
    });
    await runUntil(scheduler, 10 * MINUTE, () => isOver);
    return {
      transitions: runs.transitions.total,
      lambda: runs.counts.invocations,
      writes: dynamoDb.writes.calls,
      reads: dynamoDb.reads.calls,
      messages: runs.counts.messages,
      events: runs.counts.events,
      dataApi: OPERATIONS.reduce((sum, operation) => sum + account.of('runs', operation).taken.total, 0),
    };
  };
  // As it was counted there: the first run opens the session that the reaper keeps.
  await count();
  const quiet = await count();
  await scheduler.run(scheduler.now + 31 * MINUTE);
  const warning = await count();
  await scheduler.run(scheduler.now + 30 * MINUTE);
  const here = { quiet, warning, ending: await count() };
  for (const kind of KINDS) {
    for (const figure of EXACT) {
      if (here[kind][figure] !== measured[kind][figure]) {
        const expected = `to have ${measured[kind][figure]} ${figure} (scripts/cost/measured.json)`;
        throw new WrongResult(`a simulated ${kind} run`, expected, String(here[kind][figure]));
      }
    }
  }
  const cell = (kind: (typeof KINDS)[number], figure: keyof MeasuredRun) =>
    `${here[kind][figure]} / ${measured[kind][figure]}`;
  const figures = [...EXACT, 'dataApi', 'transitions'] as const;
  return {
    caption: 'One run: the simulation / the embedded cloud',
    columns: [{ header: 'run', align: 'left' }, ...figures.map((header) => ({ header }))],
    rows: KINDS.map((kind) => [kind, ...figures.map((figure) => cell(kind, figure))]),
    notes: [
      'The second figure is scripts/cost/measured.json: the functions on the embedded cloud, counted at its services, 20 idle sessions. Calls and invocations are the same; looks at statements (a call and up to four transitions each) depend on how long a statement takes.',
    ],
  };
}
