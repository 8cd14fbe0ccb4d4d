import { median } from 'simple-statistics';
import { distributionOf } from '../harness/distribution.ts';
import { formatBytes, formatCount, formatRatio, formatTime } from '../harness/format-figure.ts';
import type { Table } from '../harness/report.ts';
import type { RunFigures } from './end-by-runs.ts';
import { leastSecondsAtRates } from './least-time-at-rates.ts';
import type { SizeFigures } from './measure-size.ts';

export function runsTables(sizes: readonly SizeFigures[]): readonly Table[] {
  return [terminationTable(sizes), runTable(sizes), callsTable(sizes)];
}

function terminationTable(sizes: readonly SizeFigures[]): Table {
  return {
    caption: 'Idle sessions: how long until the last one is gone',
    columns: [
      'sessions',
      'repetitions',
      'by hand, median',
      'p95',
      "Slotkeeper's statement, median",
      'p95',
      'to by hand',
      'script, median',
      'p95',
      'to by hand',
    ].map((header) => ({ header })),
    rows: sizes.map(({ sessions, repetitions, statement, runs, script }) => {
      const terminations = runs.map(({ terminationMs }) => terminationMs);
      const scripts = script.map(({ ms }) => ms);
      return [
        formatCount(sessions),
        formatCount(repetitions),
        ...timesOf(statement),
        ...timesOf(terminations),
        ratioTo(statement, terminations),
        ...timesOf(scripts),
        ratioTo(statement, scripts),
      ];
    }),
    notes: [
      'By hand: one statement on a direct connection that lists, guards and ends in one. It is the limit: it compares no identities, tells nobody and records nothing.',
      "Slotkeeper's statement: from the moment the Data API takes the guarded statement until a direct connection sees all victims gone. What comes before and after it in a run is in the next table.",
      'Script: lists through the Data API, then hands in one `pg_terminate_backend` per session, each looked at every 20 ms until it has ended. One that looks less often takes longer.',
      'Ratios are medians of those within one repetition. With many sessions most of the time is that of their processes, which all exit at once; with few it is what one call of the Data API takes.',
    ],
  };
}

function runTable(sizes: readonly SizeFigures[]): Table {
  const step = (sessions: number, name: string, runs: readonly RunFigures[]): readonly string[] => {
    const of = (figure: (run: RunFigures) => number) => median(runs.map(figure));
    return [
      formatCount(sessions),
      name,
      formatTime(of(({ wallMs }) => wallMs)),
      formatTime(distributionOf(runs.map(({ wallMs }) => wallMs)).p95),
      formatTime(of(({ waitedMs }) => waitedMs)),
      formatCount(of(({ calls }) => Object.values(calls).reduce((sum, count) => sum + count, 0))),
      formatCount(of(({ callsBesidesPolls }) => callsBesidesPolls)),
      formatCount(of(({ furtherPages }) => furtherPages)),
      formatCount(of(({ transitions }) => transitions)),
      formatCount(of(({ transitionsBesidesPolls }) => transitionsBesidesPolls)),
      formatBytes(Math.max(...runs.map(({ largestState }) => largestState))),
      formatBytes(Math.max(...runs.map(({ largestEvent }) => largestEvent))),
      `$${of(({ price }) => price).toFixed(4)}`,
    ];
  };
  return {
    caption: 'A whole run of the reaper',
    columns: [
      { header: 'sessions' },
      { header: 'run', align: 'left' },
      ...[
        'time, median',
        'p95',
        'of it waiting',
        'Data API calls',
        'besides polls',
        'of these further pages',
        'transitions',
        'besides polls',
        'largest state',
        'largest event',
        'price',
      ].map((header) => ({ header })),
    ],
    rows: sizes.flatMap(({ sessions, runs }) => [
      step(
        sessions,
        'warns',
        runs.map(({ warning }) => warning),
      ),
      step(
        sessions,
        'ends',
        runs.map(({ ending }) => ending),
      ),
    ]),
    notes: [
      'Two runs of the deployed state machine: the first warns of all sessions, the second, after the grace time, ends them. Time includes Wait states at their real pace ("of it waiting").',
      'Polls are looks at a statement: DescribeStatement, and the states Wait, Describe, Is finished and Back off around it. A result has a further page from 1,000 rows on, which is what the embedded Data API assumes.',
      "The largest event of a run that ends many is the service's description of the guarded statement, which repeats the victims' keys; of others that of the session query. Step Functions takes 256 KiB.",
      'Price: prices of us-east-1 without free tiers, by the counted transitions, invocations, table and other calls. Assumed: functions take as long as here and have 1 GB, a write costs 3 units, each key of a batch read one unit. The warehouse is not in it; the Data API costs nothing by itself.',
    ],
  };
}

function callsTable(sizes: readonly SizeFigures[]): Table {
  return {
    caption: 'Calls of the Data API to end them, and the least time that they take by the rates of an account',
    columns: ['sessions', 'both runs', 'at least', 'script', 'at least'].map((header) => ({ header })),
    rows: sizes.map(({ sessions, runs, script }) => {
      const both = runs.map(({ warning, ending }) => ({
        ExecuteStatement: warning.calls.ExecuteStatement + ending.calls.ExecuteStatement,
        DescribeStatement: warning.calls.DescribeStatement + ending.calls.DescribeStatement,
        GetStatementResult: warning.calls.GetStatementResult + ending.calls.GetStatementResult,
      }));
      return [formatCount(sessions), ...callsOf(both), ...callsOf(script.map(({ calls }) => calls))];
    }),
    notes: [
      'Rates of one account and Region, not adjustable: 30 ExecuteStatement, 100 DescribeStatement and 20 GetStatementResult a second. Whoever else calls in the account has to share them.',
    ],
  };
}

function callsOf(calls: readonly Readonly<Record<string, number>>[]): readonly string[] {
  const all = calls.map((one) => Object.values(one).reduce((sum, count) => sum + count, 0));
  return [formatCount(median(all)), formatTime(1000 * median(calls.map(leastSecondsAtRates)))];
}

function timesOf(samples: readonly number[]): readonly [string, string] {
  const { median: half, p95 } = distributionOf(samples);
  return [formatTime(half), formatTime(p95)];
}

/** Contenders take turns: those of one repetition met the same machine. */
function ratioTo(limit: readonly number[], samples: readonly number[]): string {
  return formatRatio(median(samples.map((sample, index) => sample / (limit[index] ?? Number.NaN))), 1);
}
