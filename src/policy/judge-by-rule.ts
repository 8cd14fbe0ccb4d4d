import type { Backend } from '../backends/backend.ts';
import { microsOf } from '../backends/instant.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import { isEndPending } from '../lifecycle/is-end-pending.ts';
import { isToldNoEnd } from '../lifecycle/is-told-no-end.ts';
import type { Receipt } from '../lifecycle/receipt.ts';
import { snoozeOf } from '../lifecycle/snooze.ts';
import type { Rule } from './rule.ts';
import { snoozedBy } from './snoozed-by.ts';
import type { Reason, Verdict } from './verdict.ts';

/** One idle, unprotected backend and the rule that decides about it. */
export interface Case {
  readonly backend: Backend;
  readonly record: BackendRecord | null;
  /** As it stands under the present pressure. */
  readonly rule: Rule;
  /** As it stands when not a single slot is free: what an announced end has to reckon with. */
  readonly earliest: Rule;
  readonly owner: string;
  /** Whether the database user may end it at all; if not, no end is announced. */
  readonly mayEnd: boolean;
  /** Seconds by which Slotkeeper's clock is ahead of the server's, the time since the snapshot included. */
  readonly clockDifference: number;
  /** Slotkeeper's clock. */
  readonly now: Date;
}

export type RuleVerdict = Omit<Verdict, 'recovered' | 'standing'>;

/**
 * Applies a rule's thresholds. Idle times are compared by the server's clock, which measured them; the age of a receipt
 * by Slotkeeper's, which stamped it.
 */
export function judgeByRule(input: Case): RuleVerdict {
  const { rule, record, now } = input;
  if (rule.keep) {
    return verdict(input, 'keep', 'exempt', [clause('rule ends backends', false, true, false)], null);
  }
  if (record?.state === 'snoozed' && isSameSpell(input) && isBefore(now, record.endsAt)) {
    return verdict(input, 'keep', 'snoozed', whoSnoozed(record), record.endsAt);
  }
  return rule.notice === 'none' ? judgeUnannounced(input) : judgeAnnounced(input);
}

/** `notice: none`: idle time alone decides, but where an end was announced by another rule, that holds. */
function judgeUnannounced(input: Case): RuleVerdict {
  const limit = input.rule.terminateAfter;
  const reason = atLeast('idle >= terminateAfter', input.backend.idleSeconds, limit);
  const least = input.earliest.terminateAfter;
  const endsAt = least === null ? null : isoOf(idleFor(input, least));
  const announced = isSameSpell(input) ? announcedEnd(input) : null;
  if (reason.held && announced !== null) {
    return verdict(input, 'keep', 'warned-waiting', [reason, announced], later(endsAt, announced.measured));
  }
  return reason.held
    ? verdict(input, 'terminate', 'due-termination', [reason], endsAt)
    : verdict(input, 'keep', 'below-termination', [reason], endsAt);
}

/** The owner is told first, whatever the idle time; the end needs a receipt of this idle spell, old enough. */
function judgeAnnounced(input: Case): RuleVerdict {
  const { backend, rule, now } = input;
  const [name, limit] =
    rule.warnAfter === null
      ? (['terminateAfter', rule.terminateAfter] as const)
      : (['warnAfter', rule.warnAfter] as const);
  const due = atLeast(`idle >= ${name}`, backend.idleSeconds, limit);
  const receipt = countingReceipt(input);
  if (!due.held) {
    const least = input.earliest.warnAfter ?? input.earliest.terminateAfter;
    const warnedAt = least === null ? null : Math.max(now.getTime(), idleFor(input, least));
    return verdict(input, 'keep', 'below-warning', [due], warnedAt === null ? null : endOf(input, warnedAt));
  }
  if (receipt === null || toldNoEnd(input)) {
    const told = clause('receipt in this idle spell', receipt?.at ?? false, true, receipt !== null);
    const reasons = [due, told, ...(receipt === null ? [] : [clause('receipt announced an end', false, true, false)])];
    return verdict(input, 'warn', 'due-warning', reasons, endOf(input, now.getTime()));
  }
  return judgeWarned(input, receipt);
}

function judgeWarned(input: Case, receipt: Receipt): RuleVerdict {
  const { backend, rule, now } = input;
  const warned = clause('receipt in this idle spell', receipt.at, true, true);
  if (rule.terminateAfter === null) {
    return verdict(
      input,
      'keep',
      'warn-only',
      [warned, atLeast('idle >= terminateAfter', backend.idleSeconds, null)],
      endOf(input, Date.parse(receipt.at)),
    );
  }
  const age = Math.floor((now.getTime() - Date.parse(receipt.at)) / 1000);
  const idle = atLeast('idle >= terminateAfter', backend.idleSeconds, rule.terminateAfter);
  const grace = atLeast('receipt age >= grace', age, rule.grace);
  const announced = announcedEnd(input);
  const reasons = [idle, warned, grace, ...(announced === null ? [] : [announced])];
  const endsAt = endOf(input, Date.parse(receipt.at));
  if (announced !== null) {
    return verdict(input, 'keep', 'warned-waiting', reasons, later(endsAt, announced.measured));
  }
  if (!grace.held) {
    return verdict(input, 'keep', 'warned-waiting', reasons, endsAt);
  }
  return idle.held
    ? verdict(input, 'terminate', 'due-termination', reasons, endsAt)
    : verdict(input, 'keep', 'below-termination', reasons, endsAt);
}

/**
 * The end that its owner was told, while it is still to come: rules that were made stricter since do not bring it
 * forward. Null: it is over, or none was told.
 */
function announcedEnd({ record, now }: Case): (Reason & { readonly measured: string }) | null {
  if (record?.state !== 'warned' || record.endsAt === null || !isBefore(now, record.endsAt)) {
    return null;
  }
  return { clause: 'announced end is over', measured: record.endsAt, limit: now.toISOString(), held: false };
}

function later(one: string | null, other: string): string | null {
  return one !== null && Date.parse(one) < Date.parse(other) ? other : one;
}

/**
 * A receipt counts for the same backend and idle spell, while its warning stands: warned, snoozed until a time that is
 * over, claimed by a run that died, or an end that did not take.
 */
function countingReceipt(input: Case): Receipt | null {
  const { record } = input;
  if (record === null || !isSameSpell(input)) {
    return null;
  }
  const stands =
    record.state === 'warned' || record.state === 'snoozed' || record.state === 'terminating' || isEndPending(record);
  return stands ? record.receipt : null;
}

/** An owner who was told that there would be no end has not been told of one: where there is to be one now, they are. */
function toldNoEnd({ record, mayEnd, earliest }: Case): boolean {
  return record !== null && isToldNoEnd(record) && mayEnd && earliest.terminateAfter !== null;
}

function isSameSpell({ record, backend }: Case): boolean {
  return record !== null && microsOf(record.lastActiveAt) === microsOf(backend.lastActiveAt);
}

/** A snooze without an end lasts as long as the idle spell. */
function isBefore(now: Date, end: string | null): boolean {
  return end === null || now.getTime() < Date.parse(end);
}

/** When it will have been idle for that long, on Slotkeeper's clock: milliseconds since 1970. */
function idleFor({ backend, clockDifference }: Case, seconds: number): number {
  return microsOf(backend.lastActiveAt) / 1000 + (seconds + clockDifference) * 1000;
}

/**
 * The earliest end if its owner is told then (milliseconds since 1970): idle long enough, and the grace over, even if
 * slots run short meanwhile. Nobody is ended before the end that was announced.
 */
function endOf(input: Case, warnedAt: number): string | null {
  const { terminateAfter, grace } = input.earliest;
  return terminateAfter === null ? null : isoOf(Math.max(idleFor(input, terminateAfter), warnedAt + grace * 1000));
}

function isoOf(millis: number): string {
  return new Date(millis).toISOString();
}

function whoSnoozed(record: BackendRecord): Reason[] {
  const snooze = snoozeOf(record, record.lastActiveAt);
  const until = clause('not snoozed', record.endsAt, null, false);
  return snooze === null ? [until] : [until, snoozedBy(snooze.by)];
}

function atLeast(text: string, measured: number, limit: number | null): Reason {
  return clause(text, measured, limit, limit !== null && measured >= limit);
}

function clause(text: string, measured: Reason['measured'], limit: Reason['limit'], held: boolean): Reason {
  return { clause: text, measured, limit, held };
}

function verdict(
  { backend, rule, owner }: Case,
  action: Verdict['action'],
  code: string,
  reasons: readonly Reason[],
  endsAt: string | null,
): RuleVerdict {
  return { backend, action, rule: rule.name, code, reasons, owner, endsAt };
}
