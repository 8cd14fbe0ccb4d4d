import { formatDuration } from '../../notices/format-duration.ts';
import type { CliIo } from '../cli-io.ts';
import { type Column, formatColumns } from '../format-columns.ts';
import { formatTime } from '../format-time.ts';
import type { MemberJson } from '../json/member-json.ts';
import { actionWord } from './action-word.ts';
import { backendLabel } from './backend-label.ts';
import { decorateActions } from './decorate-actions.ts';

const COLUMNS: readonly Column[] = [
  { header: 'ACTION' },
  { header: 'BACKEND' },
  { header: 'USER', min: 8 },
  { header: 'APPLICATION', min: 8, leaveOut: 1 },
  { header: 'IDLE' },
  { header: 'RULE', min: 8 },
  { header: 'WARNED', leaveOut: 2 },
  { header: 'OWNER', min: 8, leaveOut: 3 },
  { header: 'OUTCOME' },
];

/** The lines of a plan: what is done with whom, how long it was idle against which limit, and what became of it. */
export function renderMembers(members: readonly MemberJson[], dryRun: boolean, io: CliIo): string[] {
  const rows = members.map((member) => [
    actionWord(member.action),
    backendLabel(member),
    member.wholeUser ?? member.user,
    member.application,
    idleAgainstLimit(member),
    member.rule,
    member.warnedAt === null ? '-' : formatTime(member.warnedAt),
    member.owner ?? '-',
    member.outcome ?? (dryRun ? 'planned' : member.action === 'warn' ? toldOrNot(member) : '-'),
  ]);
  return formatColumns(COLUMNS, rows, { width: io.width, decorate: decorateActions(io) });
}

/** A notice that was refused or deferred says so. */
function toldOrNot({ warnedAt, notice }: MemberJson): string {
  return warnedAt !== null ? 'told' : notice === 'refused' || notice === 'deferred' ? notice : '-';
}

/** e.g. `1h 32m > 1h`: the idle time and the limit that it is past. */
function idleAgainstLimit(member: MemberJson): string {
  const clause = member.action === 'terminate' ? 'terminateAfter' : 'warnAfter';
  const reason = member.reasons.find((candidate) => candidate.clause.includes(clause));
  const idle = formatDuration(member.idleSeconds);
  return typeof reason?.limit === 'number' ? `${idle} > ${formatDuration(reason.limit)}` : idle;
}
