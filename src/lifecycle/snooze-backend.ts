import { appendEvent } from './append-event.ts';
import type { BackendRecord } from './backend-record.ts';
import { describeState } from './describe-state.ts';
import { IllegalTransition } from './illegal-transition.ts';
import { isEndPending } from './is-end-pending.ts';
import { describedBy, newRecord, type Recordable } from './new-record.ts';
import { snoozeOf } from './snooze.ts';

/** Less than this is no extension, seconds: who presses a button twice asks once. */
export const LEAST_EXTENSION_SECONDS = 60;

/** Why a backend cannot be snoozed. */
export type SnoozeRefusal = 'not-recorded' | 'ended' | 'end-claimed' | 'used-since';

/** Who snoozes, until when, and for how long that is; times are ISO 8601, UTC, Slotkeeper's clock. */
export interface SnoozeTerms {
  readonly until: string;
  readonly seconds: number;
  readonly at: string;
  readonly by: string;
}

/**
 * Why this record forbids to snooze its backend; null: it allows it.
 *
 * @param idleSince the idle spell that is meant (server time); null: whichever it is in
 */
export function snoozeRefusal(record: BackendRecord | null, idleSince: string | null): SnoozeRefusal | null {
  if (record === null) {
    return 'not-recorded';
  }
  switch (record.state) {
    case 'warned':
    case 'snoozed':
      return idleSince === null || idleSince === record.lastActiveAt ? null : 'used-since';
    case 'recovered':
      return 'used-since';
    case 'terminating':
      return 'end-claimed';
    case 'terminated':
      return isEndPending(record) ? 'end-claimed' : 'ended';
    case 'gone':
      return 'ended';
  }
}

/**
 * Whether a snooze until then would keep the backend longer than it is kept anyway: a snooze is only ever extended, and
 * one that would end before the announced end, or with it, is none.
 */
export function extendsLife({ endsAt }: Pick<BackendRecord, 'endsAt'>, until: string): boolean {
  return endsAt !== null && Date.parse(until) - Date.parse(endsAt) >= LEAST_EXTENSION_SECONDS * 1000;
}

/**
 * Somebody keeps a warned backend until a time; an earlier snooze is extended, never shortened.
 *
 * @throws IllegalTransition when {@link snoozeRefusal} names a reason against it, or it would not be kept any longer
 */
export function snoozeBackend(record: BackendRecord, terms: SnoozeTerms): BackendRecord {
  const refusal = snoozeRefusal(record, null);
  if (refusal !== null || !extendsLife(record, terms.until)) {
    const why = refusal ?? `kept until ${record.endsAt ?? 'it is used'} anyway`;
    throw new IllegalTransition('snooze', `${describeState(record)}: ${why}`, 'warned or snoozed');
  }
  const earlier = snoozeOf(record, record.lastActiveAt);
  return snoozed(record, terms, earlier === null ? record.endsAt : earlier.announcedEnd);
}

/** Whether a tag may snooze it: it is not warned, snoozed by somebody or about to be ended in this spell. */
export function canSnoozeByTag(record: BackendRecord | null): boolean {
  return (
    record === null ||
    record.state === 'recovered' ||
    record.state === 'gone' ||
    record.state === 'warned' ||
    (record.state === 'terminated' && !isEndPending(record))
  );
}

/**
 * The client itself keeps its backend, by a tag in its application_name, whether or not its owner was told.
 *
 * @throws IllegalTransition when {@link canSnoozeByTag} says no
 */
export function snoozeByTag(record: BackendRecord | null, terms: SnoozeTerms & { of: Recordable }): BackendRecord {
  if (!canSnoozeByTag(record)) {
    throw new IllegalTransition('snooze by tag', describeState(record), 'not recorded, recovered or warned');
  }
  const { of, ...rest } = terms;
  const announced = record?.state === 'warned' ? record : null;
  const receipt = announced?.receipt ?? null;
  const known = { ...(record ?? newRecord(of)), ...describedBy(of), receipt, claim: null, outcome: null };
  const announcedEnd = announced?.endsAt ?? null;
  // An end that was announced for later is not brought forward by asking for less.
  const isLater = announcedEnd !== null && Date.parse(announcedEnd) > Date.parse(rest.until);
  return snoozed(known, isLater ? { ...rest, until: announcedEnd } : rest, announcedEnd);
}

function snoozed(record: BackendRecord, terms: SnoozeTerms, announcedEnd: string | null): BackendRecord {
  const { until, seconds, at, by } = terms;
  const idleSince = record.lastActiveAt;
  return appendEvent(
    record,
    { at, type: 'snoozed', by, detail: { until, seconds, idleSince, announcedEnd } },
    { endsAt: until, snooze: { by, at, until, seconds, idleSince, announcedEnd } },
  );
}
