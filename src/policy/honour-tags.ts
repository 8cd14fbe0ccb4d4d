import { microsOf } from '../backends/instant.ts';
import { backendKey } from '../lifecycle/backend-key.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import { snoozeOf } from '../lifecycle/snooze.ts';
import { type Candidate, chooseVictims } from './choose-victims.ts';
import { keepTagOf } from './keep-tag.ts';
import type { Pressure } from './measure-pressure.ts';
import type { SnoozeBounds } from './snooze-bounds.ts';
import { snoozedBy } from './snoozed-by.ts';
import type { Reason, Verdict } from './verdict.ts';

/** The clause that says whether an owner has had all snoozes of the day. */
export const SPENT_CLAUSE = 'snoozes of its owner today >= perOwnerPerDay';

/** The clause that says who took back the snooze that a tag had been granted. */
export const TAKEN_BACK_CLAUSE = 'snooze by its tag was taken back';

/** How far the tags of clients are honoured. */
export interface Snoozing {
  readonly bounds: SnoozeBounds;
  /** By backend key: how many snoozes its owner has had today; those missing: none. */
  readonly used: ReadonlyMap<string, number>;
}

/** What a tag's verdict needs besides the candidates. */
export interface TagTerms {
  readonly snoozing: Snoozing;
  readonly recordOf: (backend: Verdict['backend']) => BackendRecord | null;
  /** Seconds by which Slotkeeper's clock is ahead of the server's. */
  readonly ahead: number;
}

/**
 * Chooses the victims, and spares those whose clients keep them by a tag: as long as they are idle for less than it says,
 * by the server's own clock, and their owner has snoozes left today. A tag is asked only where something would be done,
 * and costs its owner one snooze an idle spell, in which nobody has taken it back. Whoever is spared makes room for the next in rank, who may have a tag
 * himself; the order of pids decides who is asked first, so that the length of a tag never takes another's place.
 */
export function honourTags(candidates: readonly Candidate[], pressure: Pressure, terms: TagTerms): Judged[] {
  const { bounds } = terms.snoozing;
  const granted = new Map<string | null, number>();
  const asked = new Set<number>();
  const current = [...candidates];
  for (;;) {
    const judged = chooseVictims(current, pressure);
    const acting = judged
      .map(({ action, backend }, index) => ({ action, backend, index, seconds: keepTagOf(backend, bounds.max) }))
      .filter(({ action, index, backend, seconds }) => {
        return action !== 'keep' && !asked.has(index) && seconds !== null && backend.idleSeconds < seconds;
      })
      .sort((a, b) => byIdentity(a.backend, b.backend));
    if (acting.length === 0) {
      return judged;
    }
    for (const { index, seconds } of acting) {
      const candidate = current[index];
      if (candidate !== undefined && seconds !== null) {
        asked.add(index);
        current[index] = ask(candidate, seconds, granted, terms);
      }
    }
  }
}

type Judged = ReturnType<typeof chooseVictims>[number];

function ask(
  candidate: Candidate,
  seconds: number,
  granted: Map<string | null, number>,
  { snoozing, recordOf, ahead }: TagTerms,
): Candidate {
  const { verdict } = candidate;
  const { backend, owner } = verdict;
  const by = `sql:${backend.identity.user}`;
  const idle: Reason = {
    clause: 'idle >= keep of application_name',
    measured: backend.idleSeconds,
    limit: seconds,
    held: false,
  };
  const until = new Date(microsOf(backend.lastActiveAt) / 1000 + (seconds + ahead) * 1000).toISOString();
  const spared = {
    ...verdict,
    action: 'keep',
    code: 'snoozed',
    endsAt: verdict.endsAt === null ? null : until,
  } as const;
  const earlier = snoozeOf(recordOf(backend), backend.lastActiveAt);
  if (earlier?.by === by && earlier.endedBy !== undefined) {
    const back: Reason = { clause: TAKEN_BACK_CLAUSE, measured: earlier.endedBy, limit: null, held: true };
    return { ...candidate, verdict: { ...verdict, reasons: [...verdict.reasons, back] } };
  }
  if (earlier?.by === by) {
    // Counted when it was granted, in this very spell.
    return { ...candidate, verdict: { ...spared, reasons: [...verdict.reasons, idle, snoozedBy(by)] }, dueStep: null };
  }
  const { perOwnerPerDay } = snoozing.bounds;
  const before = (snoozing.used.get(backendKey(backend.identity)) ?? 0) + (granted.get(owner) ?? 0);
  const spent: Reason = {
    clause: SPENT_CLAUSE,
    measured: before,
    limit: perOwnerPerDay,
    held: before >= perOwnerPerDay,
  };
  if (spent.held) {
    return { ...candidate, verdict: { ...verdict, reasons: [...verdict.reasons, spent] } };
  }
  granted.set(owner, (granted.get(owner) ?? 0) + 1);
  const reasons = [...verdict.reasons, idle, spent, snoozedBy(by)];
  return { ...candidate, verdict: { ...spared, reasons, snooze: { until, seconds, by } }, dueStep: null };
}

function byIdentity({ identity: a }: Verdict['backend'], { identity: b }: Verdict['backend']): number {
  return a.pid - b.pid || (a.startedAt < b.startedAt ? -1 : Number(a.startedAt > b.startedAt));
}
