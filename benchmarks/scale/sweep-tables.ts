import { formatCount, formatFigure, formatTime } from '../harness/format-figure.ts';
import type { Table } from '../harness/report.ts';
import { LAMBDA_CONCURRENCY } from './account/lambda-fleet.ts';
import { ACCOUNT_RATES, OPERATIONS, type Operation } from './account/metering-account.ts';
import type { Case } from './cases.ts';
import type { SweepFigures } from './sweep.ts';
import { PARTITION_LIMITS } from './table/capacity.ts';

export interface Swept {
  readonly which: Case;
  readonly figures: SweepFigures;
}

const LEFT = { align: 'left' } as const;
const WHICH = [{ header: 'targets' }, { header: 'a run', ...LEFT }, { header: 'they begin', ...LEFT }];

export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** What part of an account's rate runs took, on average while the sweep lasted. */
export function meanShare({ runs, seconds }: SweepFigures, operation: Operation): number {
  return runs[operation].total / Math.max(1, seconds) / ACCOUNT_RATES[operation];
}

export function percent(part: number): string {
  return `${formatFigure(part * 100)} %`;
}

function which({ targets, work, begin }: Case): string[] {
  return [formatCount(targets), work === 'nothing' ? 'finds nothing to do' : 'ends 20 sessions', begin];
}

/** What a sweep does to the account, and to tenants. */
export function quotaTable(swept: readonly Swept[], tenants: string, notes: readonly string[]): Table {
  const operations = OPERATIONS.filter((operation) => operation !== 'CancelStatement');
  const share = (figures: SweepFigures, operation: Operation) =>
    `${percent(meanShare(figures, operation))}, ${percent(figures.runs[operation].busiest / ACCOUNT_RATES[operation])}`;
  return {
    caption: `A sweep of all targets, while ${tenants}`,
    columns: [
      ...WHICH,
      { header: 'sweep' },
      { header: 'runs failed' },
      ...operations.map((header) => ({ header })),
      { header: 'tries of runs throttled' },
      { header: 'tenants answered per s' },
      { header: 'p50' },
      { header: 'p95' },
      { header: 'tries of tenants throttled' },
      { header: 'queries failed' },
    ],
    rows: swept.map(({ which: one, figures }) => [
      ...which(one),
      formatTime(figures.seconds * 1000),
      formatCount(sum(figures.failed)),
      ...operations.map((operation) => share(figures, operation)),
      formatCount(OPERATIONS.reduce((total, operation) => total + figures.runs[operation].throttled, 0)),
      formatFigure(figures.tenants.answered / figures.window),
      formatTime(figures.tenants.times.median),
      formatTime(figures.tenants.times.p95),
      formatCount(figures.tenants.throttled),
      formatCount(sum(figures.tenants.failed)),
    ]),
    notes,
  };
}

/** What the same sweeps ask of the other services. Tenants' calls of the table are in it. */
export function servicesTable(swept: readonly Swept[], notes: readonly string[]): Table {
  const hottest = ({ writes, reads }: SweepFigures) =>
    writes.hottest.busiest / PARTITION_LIMITS.writes > reads.hottest.busiest / PARTITION_LIMITS.reads
      ? `${formatCount(writes.hottest.busiest)} WCU of ${writes.hottest.key}`
      : `${formatCount(reads.hottest.busiest)} RCU of ${reads.hottest.key}`;
  return {
    caption: 'The same sweeps: state machine, functions and table, busiest second',
    columns: [
      ...WHICH,
      { header: 'executions started per s' },
      { header: 'transitions per s' },
      { header: `functions at once (of ${formatCount(LAMBDA_CONCURRENCY)})` },
      { header: 'WCU per s' },
      { header: 'RCU per s' },
      { header: 'part of a partition' },
      { header: 'busiest partition key', ...LEFT },
    ],
    rows: swept.map(({ which: one, figures }) => [
      ...which(one),
      formatCount(figures.starts.busiest),
      formatCount(figures.transitions.busiest),
      formatCount(figures.lambda),
      formatCount(figures.writes.busiest),
      formatCount(figures.reads.busiest),
      percent(partOfPartition(figures)),
      hottest(figures),
    ]),
    notes,
  };
}

/** The busiest second of any partition key against what one partition takes. */
export function partOfPartition({ writes, reads }: Pick<SweepFigures, 'writes' | 'reads'>): number {
  return Math.max(writes.hottest.busiest / PARTITION_LIMITS.writes, reads.hottest.busiest / PARTITION_LIMITS.reads);
}
