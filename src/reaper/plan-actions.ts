import type { Snapshot } from '../backends/snapshot.ts';
import type { TargetConfig } from '../config/slotkeeper-config.ts';
import { checkCanary } from '../policy/check-canary.ts';
import { checkCaps } from '../policy/check-caps.ts';
import { checkSanity } from '../policy/check-sanity.ts';
import { clockDifference } from '../policy/clock-difference.ts';
import { findOwner } from '../policy/find-owner.ts';
import type { Thrash } from '../policy/find-thrash.ts';
import { type JudgeInput, judge } from '../policy/judge.ts';
import { makePlan } from '../policy/make-plan.ts';
import type { Plan } from '../policy/plan.ts';
import type { Verdict } from '../policy/verdict.ts';
import { makeRecording } from '../replay/make-recording.ts';
import { policyOf } from '../replay/policy.ts';
import { approvePlan } from './approve-plan.ts';
import { changeRun } from './change-run.ts';
import { noticeIdsOf, planNotices } from './plan-notices.ts';
import { lookAtPool } from './pooled/look-at-pool.ts';
import { recordPooledSessions } from './pooled/record-pooled-sessions.ts';
import { restoreAbandoned } from './pooled/restore-abandoned.ts';
import type { PoolView } from './pooled/view-pool.ts';
import { readEarlierLooks } from './read-earlier-looks.ts';
import { type KnownBackends, readKnownBackends } from './read-known-backends.ts';
import { readThrash } from './read-thrash.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { recordObservations } from './record-observations.ts';
import { recordThrash } from './record-thrash.ts';
import type { RunRef } from './run-ref.ts';
import { readSnoozing } from './snooze/read-snoozing.ts';
import { recordTagSnoozes } from './snooze/record-tag-snoozes.ts';

/** Looks who holds a session now, on the target of the step's run. */
export type Look<Step> = (step: Step) => Promise<{ readonly target: TargetConfig; readonly snapshot: Snapshot }>;

/** All of the plan that passes through the state machine: the rows would overflow it. */
export interface PlannedActions {
  readonly hash: string;
  readonly counts: Plan['counts'];
  readonly notices: readonly { readonly noticeId: string }[];
  readonly terminations: number;
}

/**
 * Decides what to do with every backend that the session query saw, and stores the decision. A dry run comes to the
 * same plan and stores it, but records nothing about the backends. A repeated step keeps the plan that it stored.
 * A run that applies an approved plan comes to that very plan, whoever else has become due since, or is refused.
 *
 * @param look how this engine's step comes to see who holds a session now
 * @throws CanaryFailed when the query could not see everyone; nothing was recorded
 * @throws SnapshotAnomalous when it shows far fewer or far more backends than the last runs saw; nothing was recorded of them
 * @throws PlanUnknown, PlanExpired, PlanChanged when the approved plan cannot be applied; nothing was recorded
 * @throws RunLockLost when sessions of the pool were to be given back and another run may be ending them
 * @throws CapExceeded when the plan would end more than the caps allow; nothing was ended
 */
export function createPlanActions<Step extends { readonly run: RunRef }>(ports: ReaperPorts, look: Look<Step>) {
  return async (step: Step): Promise<PlannedActions> => {
    const { config, table } = ports;
    const { run } = step;
    const { target, snapshot } = await look(step);
    const blind = checkCanary(snapshot, ports.now());
    if (blind !== null) {
      throw blind;
    }
    const seen = {
      backends: snapshot.backends.length,
      clockDifferenceSeconds: clockDifference(snapshot, ports.now()),
    };
    const earlier = await readEarlierLooks(table, run, target.sanity.compareRuns);
    const odd = checkSanity(target.name, seen.backends, target.sanity, earlier);
    if (odd !== null) {
      // The next runs are compared with what was seen, so that a change that lasts is believed in the end.
      await changeRun(table, run, () => ({ seen }));
      throw odd;
    }
    const key = { target: run.target, runId: run.id };
    const known = await readKnownBackends(table, snapshot);
    const { sessions, view } = await lookAtPool(ports.pool, target, snapshot, ports.now);
    const stored = await table.readPlan(key);
    const at = ports.now();
    const thrash = await readThrash(table, snapshot, target.thrash, at);
    const ground = await gatherGround(ports, target, snapshot, known, view, thrash, at);
    const decided = stored === null ? await decide(ports, run, target, ground) : { plan: stored, verdicts: [] };
    const { plan } = decided;
    if (stored === null && run.record === true) {
      // Before the plan: a step that is repeated finds the plan, and must find beside it what this one was made of.
      await table.saveRecording(key, makeRecording(ground, policyOf(target, config), plan, !run.dryRun));
    }
    await table.savePlan(key, plan);
    let eventsFailed = 0;
    if (!run.dryRun) {
      eventsFailed += (await recordObservations(ports, run, snapshot, known)).eventsFailed;
      eventsFailed += (await recordThrash(ports, run, thrash)).eventsFailed;
      eventsFailed += (await recordTagSnoozes(ports, decided.verdicts)).eventsFailed;
      await recordPooledSessions(ports, run, target, sessions, view);
      await restoreAbandoned(ports, run, plan, snapshot, known, view);
    }
    await changeRun(table, run, (record) => ({
      planHash: plan.hash,
      counts: plan.counts,
      seen,
      kept: plan.kept,
      clientsHeld: thrash.holds.size,
      eventsFailed: record.eventsFailed + eventsFailed,
    }));
    const tooMany = checkCaps(plan, target.caps);
    if (tooMany !== null) {
      throw tooMany;
    }
    if (!run.dryRun) {
      await planNotices(ports, run, plan);
    }
    return {
      hash: plan.hash,
      counts: plan.counts,
      notices: noticeIdsOf(plan).map((noticeId) => ({ noticeId })),
      terminations: plan.counts.terminate,
    };
  };
}

/** All that the verdicts depend on. */
async function gatherGround(
  { config, table }: ReaperPorts,
  target: TargetConfig,
  snapshot: Snapshot,
  known: KnownBackends,
  { standings }: PoolView,
  { holds }: Thrash,
  now: Date,
): Promise<JudgeInput> {
  const ground: JudgeInput = {
    snapshot,
    records: known.present,
    standings,
    rules: target.rules,
    ownerOf: (backend, rule) => findOwner(backend, rule, config.notices),
    slots: target.slots,
    pressure: target.pressure,
    holds,
    now,
  };
  return { ...ground, snoozing: await readSnoozing(table, ground, config.notices.snooze) };
}

async function decide(
  { config, table }: ReaperPorts,
  run: RunRef,
  target: TargetConfig,
  ground: JudgeInput,
): Promise<{ plan: Plan; verdicts: readonly Verdict[] }> {
  const { snapshot } = ground;
  const verdicts = judge(ground);
  const { planValidFor } = config.runs;
  const decided =
    run.apply === undefined ? verdicts : await approvePlan(table, run.apply, snapshot, verdicts, planValidFor);
  const plan = { ...makePlan(snapshot, decided), policy: { rules: target.rules, caps: target.caps } };
  return { plan, verdicts: decided };
}
