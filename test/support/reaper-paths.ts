import { expect } from 'vitest';
import { reap } from './reap-machine.ts';
import { createReaperWorld, type ReaperWorld, TARGET } from './reaper-world.ts';

/** The states that runs go through, in order, in the pieces of which every path is made. */
export const SESSION_QUERY = [
  'SubmitSessionQuery',
  'WaitForSessionQuery',
  'DescribeSessionQuery',
  'IsSessionQueryFinished',
];
export const BEGUN = ['KeepInput', 'HasTurn', 'BeginRun'];
export const PLANNED = [...BEGUN, ...SESSION_QUERY, 'PlanActions', 'IsDryRun'];
export const WARNED = ['HasNotices', 'PublishNotices', 'PublishNotice', 'RecordNotice', 'HasTerminations'];
export const TERMINATION = [
  'SubmitTermination',
  'IsTerminationSubmitted',
  'WaitForTermination',
  'DescribeTermination',
  'IsTerminationFinished',
];
export const OUTCOME_QUERY = [
  'SubmitOutcomeQuery',
  'WaitForOutcomeQuery',
  'DescribeOutcomeQuery',
  'IsOutcomeQueryFinished',
];
export const ROUND = [...TERMINATION, ...OUTCOME_QUERY, 'RecordOutcomes', 'AreOutcomesSettled'];
export const NOT_WARNED = ['HasNotices', 'HasTerminations'];

/** A backend that was warned, and whose grace and idle limit are over at the world's time. */
export async function dueWorld(options: Parameters<typeof createReaperWorld>[0] = {}): Promise<ReaperWorld> {
  const world = createReaperWorld(options);
  world.redshift.open({ pid: 501, idle: 3000 });
  const first = await reap(world.ports);
  expect(first.failure).toBeNull();
  world.clock.advance(900);
  return world;
}

export async function expectLockFree({ table, clock }: ReaperWorld): Promise<void> {
  const now = clock.now().toISOString();
  const expiresAt = new Date(clock.now().getTime() + 1000).toISOString();
  expect(await table.takeRunLock({ target: TARGET, runId: 'somebody', now, expiresAt })).toEqual({ taken: true });
}
