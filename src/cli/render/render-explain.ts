import { formatDuration } from '../../notices/format-duration.ts';
import type { OwnerLink } from '../../policy/find-owner.ts';
import type { CliIo } from '../cli-io.ts';
import { type Column, formatColumns } from '../format-columns.ts';
import { formatFacts } from '../format-facts.ts';
import { formatTime } from '../format-time.ts';
import type { ExplainDocument, ExplainedBackend, ExplainedDecision } from '../json/explain-document.ts';
import { actionWord } from './action-word.ts';
import { backendLabel } from './backend-label.ts';

const COLUMNS: readonly Column[] = [
  { header: 'ASKED' },
  { header: 'CLAUSE', min: 20 },
  { header: 'MEASURED', min: 8 },
  { header: 'LIMIT', min: 8 },
  { header: 'HOLDS' },
];

type Clause = ExplainedDecision['reasons'][number];
type Snooze = NonNullable<NonNullable<ExplainedBackend['record']>['snooze']>;

/** Backends for people: what was or would be done, why, and every clause that was asked on the way, in order. */
export function renderExplain(document: ExplainDocument, io: CliIo): string {
  return document.backends.map((backend) => renderBackend(backend, io)).join('\n\n');
}

function renderBackend(backend: ExplainedBackend, io: CliIo): string {
  const { decision } = backend;
  const facts = formatFacts([
    ['backend', `${backendLabel(backend)}, ${standingOf(backend)}`],
    ['client', clientOf(backend)],
    ...recordFacts(backend),
    ...noticeFacts(backend),
    ...(decision === null ? [['decision', 'not stored any more'] as const] : decisionFacts(decision)),
  ]);
  if (decision === null) {
    return facts.join('\n');
  }
  const rows = rowsOf(decision);
  const decorate = (text: string, row: number | null, header: string) =>
    row === null
      ? io.emphasise('heading', text)
      : header === 'HOLDS' && text.trim() === 'no'
        ? io.emphasise('warning', text)
        : text;
  return [...facts, '', ...formatColumns(COLUMNS, rows, { width: io.width, decorate })].join('\n');
}

function standingOf({ alive }: ExplainedBackend): string {
  return alive === null ? 'from the record alone' : alive ? 'alive' : 'no longer there';
}

function clientOf({ user, wholeUser, database, application, clientHost }: ExplainedBackend): string {
  const from = [application, clientHost].filter((part) => part !== '').join(' from ');
  return `${wholeUser ?? user}, database ${database}${from === '' ? '' : `, ${from}`}`;
}

function recordFacts({ alive, record }: ExplainedBackend): (readonly [string, string])[] {
  if (record === null) {
    return [['record', 'none: nobody was told of it']];
  }
  const { state, outcome, updatedAt, receipt, snooze } = record;
  return [
    ['record', `${state}${outcome === null ? '' : ` (${outcome})`} since ${formatTime(updatedAt)}`],
    [
      'receipt',
      receipt === null
        ? `none${alive === true ? ' in this idle spell' : ''}`
        : `${receipt.owner} told ${formatTime(receipt.at)} by ${receipt.channel}, message ${receipt.messageId}, run ${receipt.run}`,
    ],
    ...(snooze === null ? [] : [['snooze', describeSnooze(snooze)] as const]),
  ];
}

function describeSnooze({ until, by, at, takenBackBy }: Snooze): string {
  const back = takenBackBy === null ? '' : `, taken back by ${takenBackBy}`;
  return `until ${formatTime(until)}, by ${by} at ${formatTime(at)}${back}`;
}

/** How the chain of owners came to one. */
const LINK: Readonly<Record<OwnerLink, string>> = {
  rule: "by the rule's owner",
  tag: 'by the owner tag of its application_name',
  directory: 'by the directory notices.owners',
  default: 'by notices.defaultOwner',
};

/** Why its owner has not been told yet. */
function noticeFacts({ notice }: ExplainedBackend): (readonly [string, string])[] {
  return notice === null || notice.state === 'sent'
    ? []
    : [['notice', `${notice.state} by run ${notice.run}${notice.error === null ? '' : `: ${notice.error}`}`]];
}

function decisionFacts(decision: ExplainedDecision): (readonly [string, string])[] {
  const { run, at, action, why, activity, idleSeconds, lastActiveAt, owner, ownerBy, endsAt } = decision;
  const refused = decision.caps.some(({ held }) => !held);
  return [
    ['activity', `${activity}, last active ${formatTime(lastActiveAt)}, ${formatDuration(idleSeconds)} before`],
    ['decided', run === null ? `now, by a look at ${formatTime(at)}` : `by run ${run}, at ${formatTime(at)}`],
    ['decision', `${actionWord(action)}: ${why}`],
    ...(owner === null ? [] : [['owner', `${owner}${ownerBy === null ? '' : `, ${LINK[ownerBy]}`}`] as const]),
    ...(endsAt === null ? [] : [['ends at', `${formatTime(endsAt)} at the earliest`] as const]),
    ...(refused ? [['refused', 'the plan is past the caps: a run acts on none of it'] as const] : []),
  ];
}

function rowsOf(decision: ExplainedDecision): string[][] {
  const { protections, rules, untried, reasons, caps } = decision;
  const row = (asked: string) => (clause: Clause) => [
    asked,
    clause.clause,
    showValue(clause, clause.measured),
    showValue(clause, clause.limit),
    clause.held ? 'yes' : 'no',
  ];
  const tried = rules.flatMap(({ rule, clauses }) =>
    clauses.length === 0 ? [[`rule ${rule}`, 'matches everything', '', '', 'yes']] : clauses.map(row(`rule ${rule}`)),
  );
  return [
    ...protections.map(row('protection')),
    ...tried,
    ...(untried === 0 ? [] : [[untried === 1 ? '1 more rule' : `${untried} more rules`, 'not tried', '', '', '-']]),
    ...(rules.length === 0 && protections.length > 0 ? [] : reasons.map(row('decision'))),
    ...(decision.action === 'keep' ? [] : caps.map(row('caps'))),
  ];
}

/** Idle times, ages and clocks are seconds; everything else is shown as it is. */
function showValue({ clause }: Clause, value: Clause['measured']): string {
  if (typeof value === 'boolean') {
    return value ? 'yes' : 'no';
  }
  if (typeof value === 'number' && /^(idle|receipt age) >= |^seconds /.test(clause)) {
    return `${value < 0 ? '-' : ''}${formatDuration(Math.abs(value))}`;
  }
  return value === null ? '-' : String(value);
}
