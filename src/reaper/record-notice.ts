import pMap from 'p-map';
import * as z from 'zod';
import { backendKey } from '../lifecycle/backend-key.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import { isUsedSince } from '../lifecycle/is-used-since.ts';
import type { Receipt } from '../lifecycle/receipt.ts';
import { canRecover, recoverBackend } from '../lifecycle/recover-backend.ts';
import { canWarn, warnBackend } from '../lifecycle/warn-backend.ts';
import type { PlanMember } from '../policy/plan.ts';
import { afterReceipt } from './after-receipt.ts';
import { changeBackend } from './change-backend.ts';
import { ReceiptsNotStored } from './errors/receipts-not-stored.ts';
import { findTarget } from './find-target.ts';
import { membersOfNotice } from './plan-notices.ts';
import { noticeRefShape, requireNotice } from './publish-notice.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { requirePlan } from './require-plan.ts';
import { runActor } from './run-actor.ts';
import { runRefShape } from './run-ref.ts';
import { saveNoticeRecord } from './save-own.ts';
import { WRITE_CONCURRENCY } from './write-concurrency.ts';

export const recordNoticeInput = z.strictObject({
  run: runRefShape,
  notice: noticeRefShape,
  receipt: z.strictObject({ messageId: z.string().min(1), channel: z.string().min(1), at: z.string().min(1) }),
});

/**
 * Stores the receipt of a notice on each backend that it told of, and the end that holds since. Every backend is tried, also when one fails; a
 * backend without a receipt is not ended.
 *
 * @throws ReceiptsNotStored with what kept single receipts from being stored
 */
export function createRecordNotice(ports: ReaperPorts) {
  const { config, table, now } = ports;
  return async ({ run, notice: { noticeId }, receipt: sent }: z.infer<typeof recordNoticeInput>): Promise<void> => {
    const notice = await requireNotice(table, run, noticeId);
    const members = membersOfNotice(await requirePlan(table, run), noticeId);
    const records = await table.readBackends(members.map((member) => member.identity));
    const known = new Map(records.map((record) => [backendKey(record.identity), record]));
    const { owner, confirmed } = notice;
    const receipt = { ...sent, owner, runId: run.id, ...(confirmed === undefined ? {} : { confirmed }) };
    const target = findTarget(config, run.target);
    const mark = { at: now().toISOString(), by: runActor(run) };
    try {
      await pMap(
        members,
        (member) => {
          const told = afterReceipt(target, member, receipt.at);
          return storeReceipt(ports, told, known.get(backendKey(member.identity)) ?? null, receipt, mark);
        },
        { concurrency: WRITE_CONCURRENCY, stopOnError: false },
      );
    } catch (error) {
      throw error instanceof AggregateError ? new ReceiptsNotStored(error, members.length) : error;
    }
    if (notice.state !== 'sent') {
      await saveNoticeRecord(table, { ...notice, ...sent, state: 'sent', error: null, version: notice.version + 1 });
    }
  };
}

async function storeReceipt(
  { table }: ReaperPorts,
  member: PlanMember,
  known: BackendRecord | null,
  receipt: Receipt,
  mark: { at: string; by: string },
): Promise<void> {
  const { identity, lastActiveAt } = member;
  const fresh = await changeBackend(table, identity, known, (record) =>
    record !== null && canRecover(record) && isUsedSince(record.lastActiveAt, lastActiveAt)
      ? recoverBackend(record, { lastActiveAt, ...mark })
      : null,
  );
  // A receipt of the same idle spell stays: a later one would only put its end off, unless it told of none.
  await changeBackend(table, identity, fresh, (record) =>
    canWarn(record, member, mark.at) ? warnBackend(record, { member, receipt, ...mark }) : null,
  );
}
