import type { Backend } from '../backends/backend.ts';
import { formatDuration } from '../notices/format-duration.ts';
import { BLOCKS_CLAUSE } from './blocks-others.ts';
import { HOLD_CLAUSE, RECONNECTS_CLAUSE } from './hold-client.ts';
import { SPENT_CLAUSE, TAKEN_BACK_CLAUSE } from './honour-tags.ts';
import { poolMatchOf } from './pool-standing.ts';
import { PURPOSE_CLAUSE } from './protections.ts';
import { SNOOZED_BY_CLAUSE } from './snoozed-by.ts';
import type { Verdict } from './verdict.ts';

/** What a sentence about a verdict needs of it; a stored member of a plan has as much. */
export type DescribedVerdict = Pick<Verdict, 'action' | 'rule' | 'code' | 'reasons' | 'endsAt' | 'standing'> & {
  readonly backend: Pick<Backend, 'idleSeconds'>;
};

/** What each code that needs no figures says. */
const PLAIN: Readonly<Record<string, string>> = {
  own: "Slotkeeper's own session",
  system: "the platform's own session",
  leased: 'leased from the session pool',
  'pool-unclear': 'perhaps a session that the pool is opening',
  running: 'runs a statement',
  unknown: 'activity unknown',
  superuser: 'superuser that its rule does not name',
  'on-purpose': 'idle on purpose, and its rule does not name its application',
  'no-rule': 'no rule matches',
};

/**
 * One sentence that says what was decided and why, with age, limit and rule, e.g.
 * `idle 1h 32m ≥ 1h (rule bi-tools), warned 10:58, ends now`. Times of day are UTC.
 */
export function describeVerdict(verdict: DescribedVerdict): string {
  const { code, rule, action, endsAt } = verdict;
  if (rule === null) {
    return `${PLAIN[code] ?? code}${describeClocks(verdict)}${describePurpose(verdict)}, kept`;
  }
  const parts = [`${describeStanding(verdict)}${describeIdle(verdict)} (rule ${rule})`];
  const blocks = measuredOf(verdict, BLOCKS_CLAUSE);
  if (blocks !== null) {
    parts.push(blocks === 1 ? '1 waits for its locks' : `${blocks} wait for its locks`);
  }
  const warned = measuredOf(verdict, 'receipt in this idle spell');
  if (typeof warned === 'string') {
    parts.push(`warned ${timeOfDay(warned)}`);
  }
  parts.push(action === 'terminate' ? describeEnd(verdict) : describeNext(verdict, endsAt));
  return parts.join(', ');
}

/** Under pressure it is told how many have to go. */
function describeEnd(verdict: DescribedVerdict): string {
  const rank = verdict.reasons.find((reason) => reason.clause === 'rank <= ends needed');
  return rank === undefined ? 'ends now' : `ends now, number ${rank.measured} of the ${rank.limit} that must go`;
}

/** What keeps a backend that its thresholds do not keep. */
const KEPT: Readonly<Record<string, string>> = {
  'not-in-plan': 'kept, it is not in the approved plan',
  exempt: 'exempt',
  'not-needed': 'kept, enough slots are free without its end',
  'may-not-end': "kept, Slotkeeper's database user may not end others' sessions",
  'low-confidence': 'kept, the evidence is too weak to end it',
};

function describeNext(verdict: DescribedVerdict, endsAt: string | null): string {
  const { action, code } = verdict;
  const kept = code === 'thrashing' ? describeHold(verdict) : KEPT[code];
  if (kept !== undefined) {
    return kept;
  }
  if (code === 'snoozed') {
    return describeSnooze(verdict);
  }
  const next = action === 'warn' ? 'to be warned' : 'kept';
  const tag = describeTag(verdict);
  return endsAt === null ? `${next}, never ended${tag}` : `${next}, ends ${timeOfDay(endsAt)} at the earliest${tag}`;
}

/** Why a tag that asks to keep it does not. */
function describeTag(verdict: DescribedVerdict): string {
  const by = measuredOf(verdict, TAKEN_BACK_CLAUSE);
  if (by !== null) {
    return `, its keep tag was taken back by ${by}`;
  }
  return measuredOf(verdict, SPENT_CLAUSE) === null ? '' : ', its keep tag is past what its owner may snooze today';
}

/** It may last days, so its end has a date. */
function describeSnooze(verdict: DescribedVerdict): string {
  const { endsAt } = verdict;
  const by = measuredOf(verdict, SNOOZED_BY_CLAUSE);
  const until = endsAt === null ? '' : ` until ${endsAt.slice(0, 10)} ${timeOfDay(endsAt)}`;
  return `snoozed${until}${by === null ? '' : ` by ${by}`}`;
}

/** The hold may last days, so its end has a date. */
function describeHold(verdict: DescribedVerdict): string {
  const until = measuredOf(verdict, HOLD_CLAUSE);
  const reconnects = measuredOf(verdict, RECONNECTS_CLAUSE);
  const day = typeof until === 'string' ? ` until ${until.slice(0, 10)} ${timeOfDay(until)}` : '';
  return `kept${day}, its client was back at once after ${reconnects} ends`;
}

function describeIdle({ backend, reasons }: DescribedVerdict): string {
  const idle = `idle ${formatDuration(backend.idleSeconds)}`;
  const threshold = reasons.find((reason) => reason.clause.startsWith('idle >= '));
  if (threshold === undefined || typeof threshold.limit !== 'number') {
    return idle;
  }
  return `${idle} ${threshold.held ? '≥' : '<'} ${formatDuration(threshold.limit)}`;
}

/** Sessions of the pool are told from others, and those it has lost from those it knows. */
function describeStanding({ standing }: DescribedVerdict): string {
  switch (poolMatchOf(standing)) {
    case 'idle':
      return 'pooled, ';
    case 'orphan':
      return 'orphan of the pool, ';
    case null:
      return '';
  }
}

/** An idle time that is unknown because the clocks disagree says by how much. */
function describeClocks(verdict: DescribedVerdict): string {
  const seconds = measuredOf(verdict, 'seconds between the clocks <= limit');
  return typeof seconds === 'number'
    ? `: the server's clock is ${formatDuration(Math.abs(seconds))} ${seconds > 0 ? 'behind' : 'ahead of'} ours`
    : '';
}

/** e.g. ` (listener)`. */
function describePurpose(verdict: DescribedVerdict): string {
  const purpose = measuredOf(verdict, PURPOSE_CLAUSE);
  return purpose === null ? '' : ` (${purpose})`;
}

function measuredOf({ reasons }: DescribedVerdict, clause: string): string | number | boolean | null {
  return reasons.find((reason) => reason.clause === clause)?.measured ?? null;
}

/** `HH:MM` of an ISO 8601 time in UTC. */
function timeOfDay(iso: string): string {
  return iso.slice(11, 16);
}
