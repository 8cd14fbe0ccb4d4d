import type { BackendRecord } from '../lifecycle/backend-record.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import { isClaimedBy } from './claim-victims.ts';
import { requirePlan } from './require-plan.ts';
import type { RunRef } from './run-ref.ts';

/** The backends that this run has claimed and not yet settled, as they stand in the table. */
export async function readClaims(table: SessionTable, run: RunRef): Promise<readonly BackendRecord[]> {
  const plan = await requirePlan(table, run);
  const victims = plan.members.filter((member) => member.action === 'terminate');
  const records = await table.readBackends(victims.map((member) => member.identity));
  return records.filter((record) => isClaimedBy(record, run));
}
