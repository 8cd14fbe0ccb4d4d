import { formatDuration } from '../../notices/format-duration.ts';
import type { CliIo } from '../cli-io.ts';
import { type Column, formatColumns } from '../format-columns.ts';
import { formatFacts } from '../format-facts.ts';
import { formatTime } from '../format-time.ts';
import type { StatusDocument, TargetStatus } from '../json/status-document.ts';
import { printable } from '../printable.ts';
import { stackFact } from './stack-fact.ts';

const COLUMNS: readonly Column[] = [
  { header: 'TARGET', min: 10 },
  { header: 'SCHEDULE', min: 10 },
  { header: 'NEXT RUN' },
  { header: 'LAST RUN' },
  { header: 'RESULT', min: 10 },
  { header: 'FREE SLOTS', align: 'right' },
];

const WORDS = { 0: 'nothing to do', 10: 'acted', 20: 'refused', 1: 'failed' } as const;

/** How a stage is, for people: its stack, who gets messages, a line per target, and what there is to say beside. */
export function renderStatus(document: StatusDocument, io: CliIo): string {
  const { subscriptions, targets } = document;
  const rows = targets.map((status) => [
    status.target,
    scheduleText(status.schedule),
    nextText(status.schedule),
    status.lastRun === null ? '-' : formatTime(status.lastRun.startedAt),
    status.lastRun === null ? 'no run on record' : resultText(status.lastRun),
    status.slots.free === null ? '-' : `${status.slots.free} of ${status.slots.limit}`,
  ]);
  const remarks = targets.flatMap((status) => remarksOn(status).map((remark) => `${status.target}: ${remark}`));
  const decorate = (text: string, row: number | null) => (row === null ? io.emphasise('heading', text) : text);
  return [
    ...formatFacts([
      ['stage', stackFact(document)],
      ['seen', formatTime(document.at)],
      ['owners', subscriptionsText(subscriptions.owners)],
      ['operators', subscriptionsText(subscriptions.operators)],
    ]),
    '',
    ...formatColumns(COLUMNS, rows, { width: io.width, decorate }),
    ...(remarks.length === 0 ? [] : ['', ...remarks.map((line) => io.emphasise('warning', printable(line)))]),
  ].join('\n');
}

function subscriptionsText({ confirmed, pending }: StatusDocument['subscriptions']['owners']): string {
  const nobody = confirmed === 0 ? ': nobody gets these messages' : '';
  return `${confirmed} ${confirmed === 1 ? 'subscription' : 'subscriptions'} confirmed, ${pending} pending${nobody}`;
}

function scheduleText({ state, expression }: TargetStatus['schedule']): string {
  switch (state) {
    case 'none':
      return 'none, run by hand';
    case 'missing':
      return 'MISSING';
    case 'paused':
      return `PAUSED, ${expression ?? '-'}`;
    case 'enabled':
      return expression ?? '-';
  }
}

function nextText({ next }: TargetStatus['schedule']): string {
  if (next === null) {
    return '-';
  }
  return next.at === null ? `within ${formatDuration(next.interval ?? 0)}` : formatTime(next.at);
}

function resultText({ exitCode, error, dryRun, messages, ended }: NonNullable<TargetStatus['lastRun']>): string {
  if (exitCode === null) {
    return 'still runs';
  }
  const deeds = [...(messages > 0 ? [`${messages} sent`] : []), ...(ended > 0 ? [`${ended} ended`] : [])];
  const detail = error ?? deeds.join(', ');
  return `${exitCode === 10 && dryRun ? 'would act' : WORDS[exitCode]}${detail === '' ? '' : `: ${detail}`}`;
}

function remarksOn({ target, schedule, slots, lock, refused, failed, thrashing }: TargetStatus): string[] {
  const { changed, state, rule } = schedule;
  const who =
    changed === null
      ? 'not by slotkeeper pause'
      : `by ${changed.by} ${formatTime(changed.at)}${because(changed.reason)}`;
  return [
    ...(state === 'paused' ? [`paused ${who}. Go on with: slotkeeper resume --target ${target}`] : []),
    ...(state === 'missing' ? [`nothing starts runs: the rule ${rule} is not there. Deploy again.`] : []),
    ...(slots.free !== null && slots.free < slots.keepFree
      ? [`${slots.free} free slots, ${slots.keepFree} are to be kept free`]
      : []),
    ...(lock === null ? [] : [`run ${lock.runId} is under way, its lock expires ${formatTime(lock.expiresAt)}`]),
    ...countsText('refused', refused),
    ...countsText('failed', failed),
    ...(thrashing === 0 ? [] : [`${thrashing} held for coming back at once. See: slotkeeper leaks --target ${target}`]),
  ];
}

function because(reason: string | null): string {
  return reason === null ? '' : ` (${reason})`;
}

function countsText(word: string, counts: Readonly<Record<string, number>>): string[] {
  const parts = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  return parts.length === 0 ? [] : [`${word} in the last 24h: ${parts.join(', ')}`];
}
