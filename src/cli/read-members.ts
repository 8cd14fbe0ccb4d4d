import { backendKey } from '../lifecycle/backend-key.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import { type MemberJson, toMemberJson } from './json/member-json.ts';

/**
 * The members of a run's plan with what became of them: terminations before warnings, the longest idle first.
 *
 * @returns empty when the run stored no plan
 */
export async function readMembers(table: SessionTable, target: string, runId: string): Promise<MemberJson[]> {
  const plan = await table.readPlan({ target, runId });
  if (plan === null) {
    return [];
  }
  const [records, notices] = await Promise.all([
    table.readBackends(plan.members.map((member) => member.identity)),
    table.listNotices({ target, runId }),
  ]);
  const states = new Map(notices.map(({ noticeId, state }) => [noticeId, state]));
  const byKey = new Map(records.map((record) => [backendKey(record.identity), record]));
  return plan.members
    .map((member) => {
      const notice = states.get(member.noticeId ?? '') ?? null;
      return toMemberJson(member, byKey.get(backendKey(member.identity)) ?? null, runId, notice);
    })
    .sort((a, b) => a.action.localeCompare(b.action) || b.idleSeconds - a.idleSeconds || a.pid - b.pid);
}
