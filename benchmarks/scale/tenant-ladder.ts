import { formatCount, formatFigure, formatTime } from '../harness/format-figure.ts';
import type { Table } from '../harness/report.ts';
import { type SweepFigures, type SweepOptions, sweep } from './sweep.ts';
import { sum } from './sweep-tables.ts';

/** As many runs begin per second as of 1,000 targets that have turns within 8 minutes. */
const TARGETS = 250;
const SWEEP_MS = 120_000;

export interface Rung {
  readonly offered: number;
  readonly alone: SweepFigures;
  readonly beside: SweepFigures;
}

/** Tenants at a growing pace, by themselves and while runs begin. */
export async function climb(
  offered: readonly number[],
  options: { readonly seed: number; readonly tenants: number; readonly warmUpSeconds: number },
  say: (line: string) => void,
): Promise<Rung[]> {
  const rungs: Rung[] = [];
  for (const queriesPerSecond of offered) {
    say(`tenants at ${queriesPerSecond} queries a second`);
    const common: Omit<SweepOptions, 'startOf'> = {
      seed: options.seed,
      targets: TARGETS,
      work: 'nothing',
      warmUpSeconds: options.warmUpSeconds,
      tenants: { count: options.tenants, queriesPerSecond },
    };
    const startOf = (_: string, index: number) => ({ afterMs: Math.floor((index * SWEEP_MS) / TARGETS) });
    rungs.push({
      offered: queriesPerSecond,
      alone: await sweep({ ...common, startOf: null }),
      beside: await sweep({ ...common, startOf }),
    });
  }
  return rungs;
}

export function ladderTable(rungs: readonly Rung[], notes: readonly string[]): Table {
  const cells = ({ tenants, window }: SweepFigures) => [
    formatFigure(tenants.answered / window),
    formatTime(tenants.times.median),
    formatTime(tenants.times.p95),
    formatCount(tenants.throttled),
    formatCount(sum(tenants.failed)),
  ];
  const headers = ['answered per s', 'p50', 'p95', 'tries throttled', 'failed'];
  return {
    caption: `Tenants at a growing pace over ${TARGETS} targets: by themselves, and while ${formatFigure((TARGETS / SWEEP_MS) * 1000)} runs begin per second`,
    columns: [
      { header: 'queries per s' },
      ...headers.map((header) => ({ header })),
      ...headers.map((header) => ({ header: `beside runs: ${header}` })),
      { header: 'runs failed' },
    ],
    rows: rungs.map(({ offered, alone, beside }) => [
      formatCount(offered),
      ...cells(alone),
      ...cells(beside),
      formatCount(sum(beside.failed)),
    ]),
    notes,
  };
}
