import type { SessionTable } from '../../src/session-table/session-table.ts';
import { plannedNotice, runningRun, warnedDashboard, warningPlan } from '../support/example-records.ts';
import { NOW } from './fake-cli.ts';

/** Stores a run that told the owner of one dashboard. */
export async function warnOne(runId: string, table: SessionTable): Promise<Record<string, never>> {
  const plan = warningPlan(1);
  const [member] = plan.members;
  if (member === undefined) {
    throw new Error('Expected a plan with a member.');
  }
  await table.savePlan({ target: 'analytics', runId }, plan);
  await table.saveBackend(
    warnedDashboard({
      identity: member.identity,
      lastActiveAt: member.lastActiveAt,
      events: [{ at: '2026-11-20T15:00:01.000Z', type: 'warned', by: `run:${runId}`, detail: { idleSeconds: 3720 } }],
    }),
  );
  await table.saveNotice(plannedNotice({ runId, state: 'sent', messageId: 'm-1', at: '2026-11-20T15:00:01.000Z' }));
  await table.saveRun(
    runningRun({
      runId,
      startedAt: NOW,
      state: 'succeeded',
      planHash: plan.hash,
      counts: plan.counts,
      kept: plan.kept,
      notices: { sent: 1, failed: 0 },
      finishedAt: '2026-11-20T15:00:02.000Z',
    }),
  );
  return {};
}
