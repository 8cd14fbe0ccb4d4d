import type { Snapshot } from '../backends/snapshot.ts';
import { hashText } from './hash-text.ts';
import type { Plan, PlanMember } from './plan.ts';
import { isEndable, poolMatchOf } from './pool-standing.ts';
import type { Verdict } from './verdict.ts';

/**
 * Makes the plan of a snapshot's verdicts: those to act on, by pid and start, and the sums of all.
 *
 * The hash says what is done to whom and on which ground: identity, idle spell, action, rule, code, owner,
 * for a session of the pool that it is one, and for a warning that it announces no end. When exactly
 * is left out (`endsAt`, idle times), because it moves with the clock: a repeated step and a dry run of the same
 * snapshot must come to the same hash.
 */
export function makePlan(snapshot: Snapshot, verdicts: readonly Verdict[]): Plan {
  const members = verdicts.flatMap(toMember).sort(byIdentity);
  const kept = verdicts.filter((verdict) => verdict.action === 'keep');
  return {
    hash: hashText(JSON.stringify([snapshot.target, members.map(hashedParts)])),
    target: snapshot.target,
    takenAt: snapshot.takenAt,
    counts: {
      backends: verdicts.length,
      keep: kept.length,
      warn: members.filter((member) => member.action === 'warn').length,
      terminate: members.filter((member) => member.action === 'terminate').length,
      recovered: verdicts.filter((verdict) => verdict.recovered).length,
    },
    kept: countCodes(kept),
    members,
  };
}

function toMember({
  backend,
  action,
  rule,
  code,
  reasons,
  owner,
  ownerBy,
  endsAt,
  standing,
  grace,
}: Verdict): PlanMember[] {
  if (action === 'keep' || rule === null) {
    return [];
  }
  return [
    {
      identity: backend.identity,
      ...(backend.wholeUser === undefined ? {} : { wholeUser: backend.wholeUser }),
      action,
      rule,
      code,
      reasons,
      owner,
      ...(ownerBy === undefined ? {} : { ownerBy }),
      endsAt,
      database: backend.database,
      application: backend.application,
      clientHost: backend.clientHost,
      activity: backend.activity,
      lastActiveAt: backend.lastActiveAt,
      idleSeconds: backend.idleSeconds,
      ...(standing !== null && isEndable(standing) ? { standing } : {}),
      ...(grace === undefined ? {} : { grace }),
      noticeId: action === 'warn' && owner !== null ? hashText(owner).slice(0, 16) : null,
    },
  ];
}

function byIdentity(a: PlanMember, b: PlanMember): number {
  return (
    a.identity.pid - b.identity.pid ||
    compareText(a.identity.startedAt, b.identity.startedAt) ||
    compareText(a.identity.user, b.identity.user)
  );
}

/** By code units: the same everywhere, whatever the locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function hashedParts(member: PlanMember): readonly unknown[] {
  const { identity, action, rule, code, owner, lastActiveAt, standing, endsAt } = member;
  const pool = poolMatchOf(standing ?? null);
  const parts = [identity.pid, identity.startedAt, identity.user, lastActiveAt, action, rule, code, owner];
  const told = action === 'warn' && endsAt === null ? ['no end'] : [];
  return pool === null ? [...parts, ...told] : [...parts, pool, ...told];
}

/** Sorted by code, so that equal plans are equal text. */
function countCodes(verdicts: readonly Verdict[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of verdicts.map((verdict) => verdict.code).sort(compareText)) {
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}
