import type { TargetConfig } from '../config/slotkeeper-config.ts';
import { backendKey } from '../lifecycle/backend-key.ts';
import type { PlanMember } from '../policy/plan.ts';
import { changeRun } from './change-run.ts';
import { claimVictims } from './claim-victims.ts';
import { createDrainVictim } from './pooled/drain-victims.ts';
import { readClaims } from './read-claims.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { requirePlan } from './require-plan.ts';
import type { RunRef } from './run-ref.ts';

/**
 * The members of the run's plan that a round is to end: at first those that can be claimed, later those that are still
 * claimed and not settled. Who could not be claimed, and why, goes on the run's record.
 */
export async function claimPlanned(
  ports: ReaperPorts,
  run: RunRef,
  target: TargetConfig,
  round: number,
): Promise<readonly PlanMember[]> {
  if (round > 0) {
    return (await readClaims(ports.table, run)).map(({ member }) => member);
  }
  const plan = await requirePlan(ports.table, run);
  const members = plan.members.filter((member) => member.action === 'terminate');
  const drain = await createDrainVictim(ports, run, target, plan);
  const { claimed, unclaimed } = await claimVictims(ports, run, { ...plan, members }, target.rules, drain);
  await changeRun(ports.table, run, () => ({ unclaimed }));
  const keys = new Set(claimed.map(backendKey));
  return members.filter((member) => keys.has(backendKey(member.identity)));
}
