import pMap from 'p-map';
import type { BackendIdentity } from '../backends/backend-identity.ts';
import { backendKey } from '../lifecycle/backend-key.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import { type ClaimRefusal, claimRefusal } from '../lifecycle/claim-refusal.ts';
import { claimTermination } from '../lifecycle/claim-termination.ts';
import type { Plan, PlanMember } from '../policy/plan.ts';
import type { Rule } from '../policy/rule.ts';
import { changeBackend } from './change-backend.ts';
import type { Drained, DrainRefusal } from './pooled/drain-victims.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { runActor } from './run-actor.ts';
import type { RunRef } from './run-ref.ts';
import { WRITE_CONCURRENCY } from './write-concurrency.ts';

/**
 * Why a planned victim is not ended after all. `rule-gone`: the configuration no longer has the rule that decided;
 * `leased`: the session pool has lent it out since.
 */
export type UnclaimedReason = ClaimRefusal | DrainRefusal | 'rule-gone';

/** What became of the attempt to claim the planned victims. */
export interface Claims {
  readonly claimed: readonly BackendIdentity[];
  readonly unclaimed: Readonly<Record<string, number>>;
}

/**
 * Claims each planned victim: what was planned must still be so in the table, which says so before anything is done.
 * One that this run has claimed before (a repeated step) stays claimed. A session of the pool is drained first, so that
 * nobody gets it from the moment in which its end is certain.
 *
 * @param drain takes a victim out of the pool's hands
 */
export async function claimVictims(
  ports: ReaperPorts,
  run: RunRef,
  { takenAt, members }: Pick<Plan, 'takenAt' | 'members'>,
  rules: readonly Rule[],
  drain: (victim: PlanMember) => Promise<Drained>,
): Promise<Claims> {
  const records = await ports.table.readBackends(members.map((member) => member.identity));
  const known = new Map(records.map((record) => [backendKey(record.identity), record]));
  const rulesByName = new Map(rules.map((rule) => [rule.name, rule]));
  const results = await pMap(
    members,
    async (member) => ({
      member,
      refusal: await claim(
        ports,
        run,
        member,
        takenAt,
        rulesByName.get(member.rule),
        known.get(backendKey(member.identity)) ?? null,
        drain,
      ),
    }),
    { concurrency: WRITE_CONCURRENCY },
  );
  const unclaimed: Record<string, number> = {};
  for (const { refusal } of results) {
    if (refusal !== null) {
      unclaimed[refusal] = (unclaimed[refusal] ?? 0) + 1;
    }
  }
  return {
    claimed: results.filter(({ refusal }) => refusal === null).map(({ member }) => member.identity),
    unclaimed,
  };
}

async function claim(
  { table, now }: ReaperPorts,
  run: RunRef,
  member: PlanMember,
  lookedAt: string,
  rule: Rule | undefined,
  known: BackendRecord | null,
  drain: (victim: PlanMember) => Promise<Drained>,
): Promise<UnclaimedReason | null> {
  if (rule === undefined) {
    return 'rule-gone';
  }
  const terms = {
    member,
    grace: rule.notice === 'none' ? null : (member.grace ?? rule.grace),
    lookedAt,
    at: now().toISOString(),
  };
  let refusal: ClaimRefusal | null = isClaimedBy(known, run) ? null : claimRefusal(known, terms);
  if (refusal !== null) {
    return refusal;
  }
  const drained = await drain(member);
  if (drained.refusal !== null) {
    return drained.refusal;
  }
  await changeBackend(table, member.identity, known, (record) => {
    refusal = isClaimedBy(record, run) ? null : claimRefusal(record, terms);
    return isClaimedBy(record, run) || refusal !== null
      ? null
      : claimTermination(record, { ...terms, runId: run.id, by: runActor(run) });
  });
  if (refusal !== null) {
    await drained.restore();
  }
  return refusal;
}

/** Whether this run means to end the backend and has not yet seen what became of it. */
export function isClaimedBy(record: BackendRecord | null, run: Pick<RunRef, 'id'>): record is BackendRecord {
  return record?.state === 'terminating' && record.claim?.runId === run.id;
}
