import { formatDuration } from '../../notices/format-duration.ts';
import type { CliIo } from '../cli-io.ts';
import { type Column, formatColumns } from '../format-columns.ts';
import { formatFacts } from '../format-facts.ts';
import { formatTime } from '../format-time.ts';
import type { LeaksDocument } from '../json/leaks-document.ts';
import { renderThrashing } from './render-thrashing.ts';

type Leak = LeaksDocument['leaks'][number];

const NAMES: Readonly<Record<LeaksDocument['by'][number], Column>> = {
  user: { header: 'USER', min: 8 },
  application: { header: 'APPLICATION', min: 10 },
  host: { header: 'HOST', min: 8, leaveOut: 2 },
  driver: { header: 'DRIVER', min: 8, leaveOut: 3 },
};

const FIGURES: readonly Column[] = [
  { header: 'OPENED', align: 'right' },
  { header: 'CLOSED', align: 'right' },
  { header: 'OPEN', align: 'right' },
  { header: 'PEAK', align: 'right' },
  { header: 'IDLE', align: 'right' },
  { header: 'SLOT-MINUTES', align: 'right' },
  { header: 'TREND', leaveOut: 1 },
  { header: 'KILLED', align: 'right' },
  { header: 'BACK', align: 'right' },
];

/**
 * Who leaks, for people: sums, a line per client, and beneath it what stops each.
 *
 * @param where options that name the target, see `whereAgain`
 */
export function renderLeaks(document: LeaksDocument, io: CliIo, where: string): string {
  const { total, leaks, by } = document;
  const columns = [{ header: '#', align: 'right' as const }, ...by.map((dimension) => NAMES[dimension]), ...FIGURES];
  const rows = leaks.map((leak, index) => [
    String(index + 1),
    ...by.map((dimension) => leak[dimension] || '-'),
    String(leak.opened),
    String(leak.closed),
    String(leak.open),
    String(leak.peak),
    leak.idleShare === null ? '-' : `${Math.floor(leak.idleShare * 100)}%`,
    String(slotMinutes(leak)),
    trendText(leak.trend),
    String(leak.killed),
    String(leak.reconnected),
  ]);
  const window = formatDuration((Date.parse(document.until) - Date.parse(document.since)) / 1000);
  const decorate = (text: string, row: number | null) => (row === null ? io.emphasise('heading', text) : text);
  return [
    ...formatFacts([
      ['target', `${document.target}, stage ${document.stage}`],
      ['window', `${formatTime(document.since)} to ${formatTime(document.until)} (${window})`],
      ['looks', `${document.looks}: what recorded runs saw, and that of now`],
      [
        'sessions',
        `${total.sessions} = ${total.openBefore} open before + ${total.opened} opened = ${total.closed} closed + ${total.open} open, ` +
          `${total.peak} at once`,
      ],
      ['wasted', `${slotMinutes(total)} slot-minutes idle, at least`],
      ['killed', `${total.killed}, of which ${total.reconnected} were back within a minute`],
      ['runs', runsText(document)],
      ['clients', shownOf(leaks.length, document.clients)],
      ...(document.history === 'looks' ? [['history', OF_LOOKS] as const] : []),
      ...(document.truncated ? [['history', 'cut: the oldest sessions of the window are missing'] as const] : []),
    ]),
    ...(rows.length === 0 ? [] : ['', ...formatColumns(columns, rows, { width: io.width, decorate })]),
    ...leaks.flatMap((leak, index) => adviceLines(leak, index + 1)),
    ...renderThrashing(document.thrashing, where),
    ...runLines(document, io),
  ].join('\n');
}

const OF_LOOKS =
  'that of looks: PostgreSQL keeps none of sessions that have ended, so those that came and went between two looks are missing';

/** Runs that are listed, the newest; the JSON document has all. */
const RUNS_SHOWN = 10;

const RUN_COLUMNS: readonly Column[] = [
  { header: 'RUN AT' },
  { header: 'BACKENDS', align: 'right' },
  { header: 'KEPT', align: 'right' },
  { header: 'WARN', align: 'right' },
  { header: 'KILL', align: 'right' },
  { header: 'GONE', align: 'right' },
  { header: 'FREE', align: 'right' },
];

function runsText({ runs, runTrend: { backends, free } }: LeaksDocument): string {
  const trend = ({ before, after }: typeof backends) =>
    `${before === null ? '-' : before.toFixed(1)} → ${after === null ? '-' : after.toFixed(1)}`;
  return runs.length === 0 ? '0' : `${runs.length}, on average ${trend(backends)} backends, ${trend(free)} free slots`;
}

function runLines({ runs }: LeaksDocument, io: CliIo): string[] {
  const decorate = (text: string, row: number | null) => (row === null ? io.emphasise('heading', text) : text);
  const rows = runs
    .slice(0, RUNS_SHOWN)
    .map((run) => [
      `${formatTime(run.at)}${run.dryRun ? ' (dry)' : ''}`,
      ...[run.backends, run.kept, run.warn, run.kill].map(String),
      run.dryRun ? '-' : String(run.gone),
      String(run.free),
    ]);
  return rows.length === 0 ? [] : ['', ...formatColumns(RUN_COLUMNS, rows, { width: io.width, decorate })];
}

function slotMinutes({ wastedSeconds }: { readonly wastedSeconds: number }): number {
  return Math.floor(wastedSeconds / 60);
}

function shownOf(shown: number, all: number): string {
  return shown === all ? String(all) : `${all}, the ${shown} that waste most are shown`;
}

function trendText({ direction, before, after }: Leak['trend']): string {
  return direction === 'unknown' ? '-' : `${direction} ${before.toFixed(1)} → ${after.toFixed(1)}`;
}

function adviceLines(leak: Leak, number: number): string[] {
  if (leak.advice.length === 0) {
    return [];
  }
  return [
    '',
    `#${number} ${leak.client ?? 'client not recognised'}`,
    ...leak.advice.flatMap(({ at, setting, why, source }) => [
      ...formatFacts([[`  ${at}`, setting]]),
      ...formatFacts([['        ', `${why} (${source})`]]),
    ]),
  ];
}
