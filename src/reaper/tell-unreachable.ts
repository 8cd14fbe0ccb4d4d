import { NoticeRefused } from '../messaging/notice-refused.ts';
import { composeUnreachableOwners } from '../notices/compose-unreachable-owners.ts';
import type { RunRecord } from '../session-table/run-record.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import type { RunRef } from './run-ref.ts';

/**
 * Tells the operators, once per run, which owners nobody reaches. That the operators could not be told either goes on
 * record and fails nothing: what the run did stands.
 *
 * @returns what goes on the run's record; nothing where everybody is reached
 */
export async function tellUnreachable(
  { operators, owners: channel, now }: ReaperPorts,
  run: RunRef,
  owners: readonly string[],
): Promise<Pick<RunRecord, 'unreachable'>> {
  if (owners.length === 0) {
    return {};
  }
  const message = composeUnreachableOwners({
    target: run.target,
    runId: run.id,
    owners,
    topic: channel.address,
    now: now(),
  });
  try {
    await operators.publish(message);
    return { unreachable: { owners, operatorsTold: true } };
  } catch (error) {
    if (error instanceof NoticeRefused) {
      return { unreachable: { owners, operatorsTold: false } };
    }
    throw error;
  }
}
