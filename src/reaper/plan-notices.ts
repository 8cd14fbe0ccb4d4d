import pMap from 'p-map';
import type { Plan, PlanMember } from '../policy/plan.ts';
import { VersionConflict } from '../session-table/version-conflict.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import type { RunRef } from './run-ref.ts';
import { WRITE_CONCURRENCY } from './write-concurrency.ts';

/** The members that one notice is about. */
export function membersOfNotice(plan: Plan, noticeId: string): readonly PlanMember[] {
  return plan.members.filter((member) => member.noticeId === noticeId);
}

/** The ids of a plan's notices: one per owner, in a fixed order. */
export function noticeIdsOf(plan: Plan): readonly string[] {
  const ids = plan.members.map((member) => member.noticeId).filter((id) => id !== null);
  return [...new Set(ids)].sort();
}

/** Puts the notices of a plan on record as planned; those that are on record stay as they are. */
export async function planNotices({ config, table }: ReaperPorts, run: RunRef, plan: Plan): Promise<void> {
  await pMap(
    noticeIdsOf(plan),
    async (noticeId) => {
      const owner = membersOfNotice(plan, noticeId)[0]?.owner ?? config.notices.defaultOwner;
      try {
        await table.saveNotice({
          target: run.target,
          runId: run.id,
          noticeId,
          owner,
          state: 'planned',
          version: 1,
          messageId: null,
          channel: null,
          at: null,
          error: null,
        });
      } catch (error) {
        // A repeated step finds the notice that it planned before, perhaps sent already.
        if (!(error instanceof VersionConflict)) {
          throw error;
        }
      }
    },
    { concurrency: WRITE_CONCURRENCY },
  );
}
