import { userOf } from '../backends/user-of.ts';
import { FREE_SLOTS_CLAUSE } from '../policy/measure-pressure.ts';
import type { PlanMember } from '../policy/plan.ts';
import { poolMatchOf } from '../policy/pool-standing.ts';
import { alignColumns } from './align-columns.ts';
import { formatDuration } from './format-duration.ts';
import { formatMoment } from './format-moment.ts';
import type { NoticeText } from './notice-text.ts';
import { oneLine, toAttribute, toSubject } from './printable.ts';
import { type SnoozeOffer, snoozeAdvice } from './snooze-advice.ts';

/** What one owner is told in one run. */
export interface DigestInput {
  readonly target: string;
  readonly owner: string;
  /** Backends of this owner that are warned. */
  readonly members: readonly PlanMember[];
  readonly runId: string;
  /** How to keep sessions without using them; null: nobody may. */
  readonly snooze: SnoozeOffer | null;
  /** Slotkeeper's clock. */
  readonly now: Date;
}

/** An SNS message has at most 256 KiB (AWS page API_Publish), subject and attributes included. */
const LIST_BYTES = 200 * 1024;

const HEADING = ['PID', 'STARTED', 'USER', 'DATABASE', 'APPLICATION', 'HOST', 'STATE', 'IDLE', 'RULE', 'ENDS'];

/**
 * Writes the one message that an owner gets about all of his idle backends of a run: which they are, when each will be
 * ended, how to keep them, and what their clients will see. Soonest end first. All times are UTC.
 */
export function composeDigest({ target, owner, members, runId, snooze, now }: DigestInput): NoticeText {
  const sessions = `${members.length} idle ${members.length === 1 ? 'session' : 'sessions'}`;
  const sorted = members.toSorted(byEnd);
  const soonest = sorted[0]?.endsAt ?? null;
  const outlook = soonest === null ? 'nothing will be ended' : `to be ended from ${formatMoment(soonest)} UTC`;
  const body = [
    `Slotkeeper found ${sessions} of yours on ${oneLine(target)} at ${formatMoment(now.toISOString())} UTC.`,
    'Each holds a connection slot that others may need. All times are UTC.',
    '',
    ...listMembers(sorted, runId),
    '',
    ...advice(soonest),
    ...(soonest === null ? [] : snoozeAdvice(sorted, snooze)),
    ...poolAdvice(members),
    ...pressureAdvice(members),
    '',
    `Told: ${oneLine(owner)}. Run: ${oneLine(runId)}.`,
    '',
  ].join('\n');
  return {
    subject: toSubject(`Slotkeeper: ${sessions} on ${target}, ${outlook}`),
    body,
    attributes: { target: toAttribute(target), owner: toAttribute(owner), action: 'warn' },
  };
}

function byEnd(a: PlanMember, b: PlanMember): number {
  const [endA, endB] = [a.endsAt ?? '9999', b.endsAt ?? '9999'];
  return endA === endB ? a.identity.pid - b.identity.pid : endA < endB ? -1 : 1;
}

function listMembers(members: readonly PlanMember[], runId: string): string[] {
  const lines = alignColumns([HEADING, ...members.map(toRow)]);
  const encoder = new TextEncoder();
  let bytes = 0;
  const fitting = lines.findIndex((line) => {
    bytes += encoder.encode(line).length + 1;
    return bytes > LIST_BYTES;
  });
  if (fitting === -1) {
    return lines;
  }
  return [...lines.slice(0, fitting), `… and ${lines.length - fitting} more: slotkeeper history ${oneLine(runId)}`];
}

function toRow(member: PlanMember) {
  const { identity, database, application, clientHost, idleSeconds, rule, endsAt } = member;
  return [
    String(identity.pid),
    formatMoment(identity.startedAt),
    userOf(member),
    database || '-',
    application || '-',
    clientHost || '-',
    stateOf(member),
    formatDuration(idleSeconds),
    rule,
    formatMoment(endsAt),
  ];
}

function stateOf({ activity, standing }: PlanMember): string {
  const state = activity.replaceAll('-', ' ');
  switch (poolMatchOf(standing ?? null)) {
    case 'idle':
      return `${state}, pooled`;
    case 'orphan':
      return `${state}, orphan of the pool`;
    case null:
      return state;
  }
}

/** Nobody has such a session open, so nobody can keep it by using it. */
function poolAdvice(members: readonly PlanMember[]): string[] {
  return members.some(({ standing }) => standing !== undefined)
    ? [
        '',
        'Sessions that are pooled or orphans belong to the session pool: no caller has them at present. The pool gives a',
        'pooled one to nobody before it is ended, and opens another when it needs one. An orphan is in use by nobody: the',
        'pool has lost it, or never knew it.',
      ]
    : [];
}

/** Where free slots decide, the announced end is the earliest one. */
function pressureAdvice(members: readonly PlanMember[]): string[] {
  const depends = members.some(
    ({ endsAt, reasons }) => endsAt !== null && reasons.some(({ clause }) => clause === FREE_SLOTS_CLAUSE),
  );
  return depends
    ? ['', 'How soon a session is ended may depend on how many slots are free: the times above are the earliest.']
    : [];
}

function advice(soonest: string | null): string[] {
  if (soonest === null) {
    return ['None of them will be ended. Close those that you do not need.'];
  }
  return [
    'To keep a session, run any statement in it before its end: its idle time then starts anew.',
    'If you do not need it, close it.',
    '',
    'When a session is ended, its open transaction is rolled back, and its client sees a lost connection, in',
    "PostgreSQL's words: terminating connection due to administrator command (57P01). Connecting again is enough.",
  ];
}
