import { backendKey } from '../lifecycle/backend-key.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import type { PlanMember } from '../policy/plan.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import { isClaimedBy } from './claim-victims.ts';
import { requirePlan } from './require-plan.ts';
import type { RunRef } from './run-ref.ts';

/** A backend that a run has claimed, as it stands in the table and in the plan. */
export interface Claim {
  readonly record: BackendRecord;
  readonly member: PlanMember;
}

/** The backends that this run has claimed and not yet settled. */
export async function readClaims(table: SessionTable, run: RunRef): Promise<readonly Claim[]> {
  const plan = await requirePlan(table, run);
  const victims = plan.members.filter((member) => member.action === 'terminate');
  const records = await table.readBackends(victims.map((member) => member.identity));
  const members = new Map(victims.map((member) => [backendKey(member.identity), member]));
  return records.flatMap((record) => {
    const member = members.get(backendKey(record.identity));
    return member !== undefined && isClaimedBy(record, run) ? [{ record, member }] : [];
  });
}
