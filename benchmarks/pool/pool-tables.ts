import { distributionOf } from '../harness/distribution.ts';
import { formatFigure, formatRatio, formatTime } from '../harness/format-figure.ts';
import type { Table } from '../harness/report.ts';
import type { GroupResult } from './measure-group.ts';
import type { ContainersResult } from './simulate-containers.ts';

/** Milliseconds of the queries that were answered; `-`: none was. */
export function quantiles(times: readonly number[]): readonly [p50: string, p95: string, p99: string] {
  if (times.length === 0) {
    return ['-', '-', '-'];
  }
  const { median, p95, p99 } = distributionOf(times);
  return [formatTime(median), formatTime(p95), formatTime(p99)];
}

/** e.g. `3 × Session is not available`. */
export function errorsText(errors: Readonly<Record<string, number>>): string {
  const all = Object.entries(errors).map(([name, count]) => `${count} × ${name}`);
  return all.length === 0 ? 'none' : all.join(', ');
}

const median = ({ result }: GroupResult) => (result.times.length === 0 ? 0 : distributionOf(result.times).median);

/** p50 against that of the group's limit with as many sessions; 0: there is none to compare with. */
export function ratioToLimit(row: GroupResult, rows: readonly GroupResult[]): { of: number; limit: number } {
  const limit = rows.find(({ name, callers }) => name === row.limit && callers === row.callers);
  return { of: median(row), limit: limit === undefined ? 0 : median(limit) };
}

/** Queries of warm contenders. */
export function steadyTable(caption: string, rows: readonly GroupResult[], notes: readonly string[]): Table {
  return {
    caption,
    columns: [
      { header: 'callers' },
      { header: 'contender', align: 'left' },
      ...['p50', 'p95', 'p99', 'p50 : bare', 'queries/s'].map((header) => ({ header })),
      { header: 'errors', align: 'left' },
      ...['sessions opened', 'Data API calls/query', 'table calls/query'].map((header) => ({ header })),
    ],
    rows: rows.map((row) => {
      const { callers, name, queries, result } = row;
      const { of, limit } = ratioToLimit(row, rows);
      return [
        String(callers),
        name,
        ...quantiles(result.times),
        formatRatio(of, limit),
        formatFigure((result.times.length / result.wallMs) * 1_000),
        errorsText(result.errors),
        String(result.spent.sessions),
        (result.spent.dataApi / queries).toFixed(2),
        (result.spent.table / queries).toFixed(2),
      ];
    }),
    notes,
  };
}

/** Callers who come at once and find nothing open. */
export function burstTable(caption: string, rows: readonly GroupResult[], notes: readonly string[]): Table {
  return {
    caption,
    columns: [
      { header: 'callers' },
      { header: 'contender', align: 'left' },
      ...['p50', 'p95', 'p99'].map((header) => ({ header })),
      { header: 'errors', align: 'left' },
      ...['sessions opened/caller', 'most at once', 'Data API calls/query', 'table calls/query'].map((header) => ({
        header,
      })),
    ],
    rows: rows.map(({ callers, name, queries, result, mostBackends }) => [
      String(callers),
      name,
      ...quantiles(result.times),
      errorsText(result.errors),
      (result.spent.sessions / queries).toFixed(2),
      String(mostBackends),
      (result.spent.dataApi / queries).toFixed(2),
      (result.spent.table / queries).toFixed(2),
    ]),
    notes,
  };
}

/** A container for each caller. */
export function containersTable(caption: string, rows: readonly ContainersResult[], notes: readonly string[]): Table {
  return {
    caption,
    columns: [
      ...['containers', 'at most', 'first query p50', 'p95', 'later p50', 'p95', 'p99', 'queries/s'].map((header) => ({
        header,
      })),
      { header: 'errors', align: 'left' },
      ...['most sessions', 'Data API calls/query', 'table calls/query'].map((header) => ({ header })),
    ],
    rows: rows.map(
      ({ callers, cap, queries, first, later, errors, wallMs, tableCalls, dataApiCalls, mostSessions }) => [
        String(callers),
        String(cap),
        ...quantiles(first).slice(0, 2),
        ...quantiles(later),
        formatFigure(((first.length + later.length) / wallMs) * 1_000),
        errorsText(errors),
        String(mostSessions),
        (dataApiCalls / queries).toFixed(2),
        (tableCalls / queries).toFixed(2),
      ],
    ),
    notes,
  };
}
