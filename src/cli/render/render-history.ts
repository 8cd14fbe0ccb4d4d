import type { CliIo } from '../cli-io.ts';
import { type Column, formatColumns } from '../format-columns.ts';
import { formatFacts } from '../format-facts.ts';
import { formatTime } from '../format-time.ts';
import type { BackendHistoryJson } from '../json/backend-history-json.ts';
import type { HistoryDocument } from '../json/history-document.ts';
import { printable } from '../printable.ts';
import { renderLedger } from './render-ledger.ts';
import { renderMembers } from './render-members.ts';
import { runFacts, whenFact } from './render-run-facts.ts';

const RUN_COLUMNS: readonly Column[] = [
  { header: 'STARTED' },
  { header: 'RUN' },
  { header: 'STATE' },
  { header: 'BACKENDS', align: 'right', leaveOut: 1 },
  { header: 'KEPT', align: 'right', leaveOut: 2 },
  { header: 'WARN', align: 'right' },
  { header: 'KILL', align: 'right' },
  { header: 'GONE', align: 'right' },
  { header: 'ERROR', min: 8, leaveOut: 3 },
];

const NOTICE_COLUMNS: readonly Column[] = [
  { header: 'NOTICE' },
  { header: 'OWNER', min: 12 },
  { header: 'STATE' },
  { header: 'AT' },
  { header: 'MESSAGE', min: 12, leaveOut: 1 },
];

const EVENT_COLUMNS: readonly Column[] = [
  { header: 'AT' },
  { header: 'EVENT' },
  { header: 'BY', min: 12 },
  { header: 'DETAIL', min: 20 },
];

/** What was done, for people: runs, one run, the backends that had a pid, or a period's sums. */
export function renderHistory(document: HistoryDocument, io: CliIo): string {
  switch (document.kind) {
    case 'summary':
      return renderLedger(document);
    case 'runs':
      return document.runs.length === 0 ? `No run of target ${document.target} is recorded.` : renderRuns(document, io);
    case 'run':
      return renderOneRun(document, io);
    case 'backend':
      return document.backends.length === 0
        ? `Nothing is recorded of pid ${document.pid} on target ${document.target}: a backend is recorded when its owner is warned.`
        : document.backends.map((backend) => renderStory(backend, io)).join('\n\n');
  }
}

function renderRuns(document: HistoryDocument & { kind: 'runs' }, io: CliIo): string {
  const rows = document.runs.map((run) => [
    formatTime(run.startedAt),
    run.runId,
    `${run.state}${run.dryRun ? ' (dry)' : ''}`,
    ...[run.counts?.backends, run.counts?.keep, run.counts?.warn, run.counts?.terminate].map((n) => String(n ?? '-')),
    run.dryRun ? '-' : String(run.outcomes.gone),
    run.error === null ? '' : `${run.error.name}: ${run.error.message}`,
  ]);
  return formatColumns(RUN_COLUMNS, rows, { width: io.width, decorate: headings(io) }).join('\n');
}

function renderOneRun(document: HistoryDocument & { kind: 'run' }, io: CliIo): string {
  const { run, notices, members } = document;
  const rows = notices.map((notice) => [
    notice.noticeId,
    notice.owner,
    notice.state,
    notice.at === null ? '-' : formatTime(notice.at),
    notice.error ?? notice.messageId ?? '-',
  ]);
  return [
    ...formatFacts([
      ['run', `${run.runId}${run.dryRun ? ' (dry run)' : ''}`],
      ['target', `${document.target}, stage ${document.stage}`],
      ['state', run.state],
      whenFact(run.startedAt, run.finishedAt),
      ...runFacts(run),
      ...(run.error === null ? [] : [['error', `${run.error.name}: ${run.error.message}`] as const]),
      ['execution', run.execution],
    ]),
    ...(members.length === 0 ? [] : ['', ...renderMembers(members, run.dryRun, io)]),
    ...(rows.length === 0
      ? []
      : ['', ...formatColumns(NOTICE_COLUMNS, rows, { width: io.width, decorate: headings(io) })]),
  ].join('\n');
}

function renderStory(backend: BackendHistoryJson, io: CliIo): string {
  const rows = backend.events.map((event) => [
    formatTime(event.at),
    event.type,
    event.by,
    Object.entries(event.detail)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  ]);
  const from = [backend.application, backend.clientHost].filter((part) => part !== '').join(' from ');
  return [
    ...formatFacts([
      ['backend', `${backend.pid} started ${formatTime(backend.startedAt)}`],
      ['user', `${backend.user}, database ${backend.database}${from === '' ? '' : `, ${from}`}`],
      ['state', `${backend.state}${backend.outcome === null ? '' : ` (${backend.outcome})`}`],
      ['rule', `${backend.rule}${backend.owner === null ? '' : `, owner ${backend.owner}`}`],
      ...(backend.endsAt === null ? [] : [['ends at', formatTime(backend.endsAt)] as const]),
      ...(backend.eventsDropped === 0
        ? []
        : [['older', `${backend.eventsDropped} events are no longer kept`] as const]),
    ]),
    '',
    ...formatColumns(EVENT_COLUMNS, rows, { width: io.width, decorate: headings(io) }),
  ].join('\n');
}

function headings(io: CliIo): (text: string, row: number | null) => string {
  return (text, row) => (row === null ? io.emphasise('heading', printable(text)) : text);
}
