import type { Backend } from '../backends/backend.ts';
import type { Snapshot } from '../backends/snapshot.ts';
import { backendKey } from '../lifecycle/backend-key.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import { isUsedSince } from '../lifecycle/is-used-since.ts';
import { canRecover } from '../lifecycle/recover-backend.ts';
import { blocksOthers } from './blocks-others.ts';
import { type Candidate, chooseVictims } from './choose-victims.ts';
import { clientId, clientOf } from './client.ts';
import type { ClientHold } from './client-hold.ts';
import { clockDifference } from './clock-difference.ts';
import { countSlots } from './count-slots.ts';
import type { FoundOwner } from './find-owner.ts';
import { holdBack } from './hold-back.ts';
import { holdClient } from './hold-client.ts';
import { honourTags, type Snoozing } from './honour-tags.ts';
import { judgeAtSteps } from './judge-at-steps.ts';
import { matchesRule } from './matches-rule.ts';
import { mayEnd } from './may-end.ts';
import { measurePressure, type Pressure } from './measure-pressure.ts';
import type { PoolStanding } from './pool-standing.ts';
import type { PressurePolicy } from './pressure-policy.ts';
import { notLeased, protectionsOf, purposeClause, superuserClause } from './protections.ts';
import type { Rule } from './rule.ts';
import type { Slots } from './slots.ts';
import type { Reason, Verdict } from './verdict.ts';

/** Everything that a judgement depends on. */
export interface JudgeInput {
  readonly snapshot: Snapshot;
  /** What the table knows of the snapshot's backends; records of others are ignored. */
  readonly records: readonly BackendRecord[];
  /** What the session pool says of the snapshot's backends, by backend key; those missing are none of the pool's. */
  readonly standings: ReadonlyMap<string, PoolStanding>;
  /** First match wins. */
  readonly rules: readonly Rule[];
  /** Who is told about a backend to which a rule applies. */
  readonly ownerOf: (backend: Backend, rule: Rule) => FoundOwner;
  /** The target's slots: how many are free is counted from the snapshot. */
  readonly slots: Slots;
  readonly pressure: PressurePolicy;
  /** By client id: whose sessions are not to be ended because it opens new ones at once; absent: nobody's. */
  readonly holds?: ReadonlyMap<string, ClientHold>;
  /** How far tags in application_name keep their sessions; absent: not at all. */
  readonly snoozing?: Snoozing | undefined;
  /** Slotkeeper's clock, the one that stamps receipts. */
  readonly now: Date;
}

/**
 * Decides what is to be done with each backend of a snapshot, and says why. One verdict per backend, in their order.
 *
 * Protections come first, in this order: own session, the platform's, leased from the pool or
 * perhaps so, running, unknown, superuser (unless the rule that
 * decides names the user without a wildcard), idle on purpose (unless it names the application so). Then the first rule that matches decides, but ends nobody whose client
 * comes back at once; and last, where slots are short, whose end is needed, and who of those keeps himself by a tag.
 */
export function judge(input: JudgeInput): Verdict[] {
  const records = new Map(input.records.map((record) => [backendKey(record.identity), record]));
  const { snapshot, standings, slots } = input;
  const ahead = clockDifference(snapshot, input.now);
  const pressure = measurePressure(countSlots(snapshot.backends, slots), slots, input.pressure);
  const recordOf = (backend: Backend) => records.get(backendKey(backend.identity)) ?? null;
  const standingOf = (backend: Backend) => standings.get(backendKey(backend.identity)) ?? null;
  const candidates = snapshot.backends.map((backend) =>
    judgeOne(input, backend, recordOf(backend), standingOf(backend), ahead, pressure),
  );
  const { snoozing } = input;
  const chosen =
    snoozing === undefined
      ? chooseVictims(candidates, pressure)
      : honourTags(candidates, pressure, { snoozing, recordOf, ahead });
  return chosen.map((verdict) => {
    const record = recordOf(verdict.backend);
    const recovered = record !== null && isRecovered(verdict.backend, record);
    return { ...verdict, standing: standingOf(verdict.backend), recovered };
  });
}

function judgeOne(
  { snapshot, rules, ownerOf, holds, now }: JudgeInput,
  backend: Backend,
  record: BackendRecord | null,
  standing: PoolStanding | null,
  ahead: number,
  pressure: Pressure,
): Candidate {
  const protection = protectionsOf(backend, standing, ahead).find(({ reason }) => !reason.held);
  if (protection !== undefined) {
    return keep(backend, protection.code, protection.reason);
  }
  const rule = rules.find(({ match }) => matchesRule(match, backend, standing)) ?? null;
  const named = superuserClause(backend, rule);
  if (!named.held) {
    return keep(backend, 'superuser', named);
  }
  const meant = purposeClause(backend, rule);
  if (!meant.held) {
    return keep(backend, 'on-purpose', meant);
  }
  if (rule === null) {
    return keep(backend, 'no-rule', { clause: 'a rule matches', measured: rules.length, limit: null, held: false });
  }
  const { owner, by: ownerBy } = ownerOf(backend, rule);
  const given = { backend, record, owner, mayEnd: mayEnd(backend.identity, snapshot), clockDifference: ahead, now };
  const draft = judgeAtSteps(given, rule, pressure);
  const hold = holds === undefined || holds.size === 0 ? undefined : holds.get(clientId(clientOf(backend)));
  const { verdict, dueStep } = holdClient(holdBack(draft, snapshot), hold, now);
  const reasons = [
    ...verdict.reasons,
    ...(backend.blocks === undefined || backend.blocks === 0 ? [] : [blocksOthers(backend.blocks)]),
    ...(standing === null ? [] : [notLeased(standing)]),
  ];
  return { verdict: { ...verdict, reasons, ownerBy }, dueStep, decidedBy: rule };
}

function keep(backend: Backend, code: string, reason: Reason): Candidate {
  const verdict = { backend, action: 'keep' as const, rule: null, code, reasons: [reason], owner: null, endsAt: null };
  return { verdict, dueStep: null, decidedBy: null };
}

/** It had been warned in an earlier idle spell and was used since. An unknown activity proves nothing. */
function isRecovered(backend: Backend, record: BackendRecord): boolean {
  const used = backend.activity === 'running' || isUsedSince(record.lastActiveAt, backend.lastActiveAt);
  return backend.activity !== 'unknown' && used && canRecover(record);
}
