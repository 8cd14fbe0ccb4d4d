import * as z from 'zod';
import { composeDigest } from '../notices/compose-digest.ts';
import { noticeContent } from '../notices/notice-content.ts';
import type { NoticeRecord } from '../session-table/notice-record.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import type { SnoozeLinks } from '../snooze-link/snooze-links.ts';
import { afterReceipt, announcedTerms } from './after-receipt.ts';
import { RunStateMissing } from './errors/run-state-missing.ts';
import { findTarget } from './find-target.ts';
import { mailOwner } from './mail-owner.ts';
import { membersOfNotice } from './plan-notices.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { requirePlan } from './require-plan.ts';
import { type RunRef, runRefShape } from './run-ref.ts';
import { saveNoticeRecord } from './save-own.ts';
import { offerSnooze } from './snooze/offer-snooze.ts';

export const noticeRefShape = z.strictObject({ noticeId: z.string().min(1) });
export const publishNoticeInput = z.strictObject({ run: runRefShape, notice: noticeRefShape });

/** The proof that a notice was sent. */
export interface SentNotice {
  readonly messageId: string;
  readonly channel: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/**
 * The record of one notice of a run.
 *
 * @throws RunStateMissing when no such notice was planned
 */
export async function requireNotice(table: SessionTable, run: RunRef, noticeId: string): Promise<NoticeRecord> {
  const notice = await table.readNotice({ target: run.target, runId: run.id, noticeId });
  if (notice === null) {
    throw new RunStateMissing(`notice ${noticeId}`, run.target, run.id);
  }
  return notice;
}

/**
 * Tells one owner about all of his backends in one message. Once it is on record as sent, a repeated step answers with
 * the same receipt and sends nothing; nor does a run that would only say what an earlier one has said.
 *
 * @throws SubscriptionUnconfirmed when nobody would get the message
 * @throws NoticeDeferred when the owner was sent as much as he may be sent
 * @throws RunLockLost when another run may be telling the same owner
 * @throws NoticeRefused when the channel did not take the message
 * @param links by which owners keep a session; null: the message has none
 */
export function createPublishNotice(ports: ReaperPorts, links: SnoozeLinks | null = null) {
  const { config, table, now } = ports;
  return async ({ run, notice: { noticeId } }: z.infer<typeof publishNoticeInput>): Promise<SentNotice> => {
    const notice = await requireNotice(table, run, noticeId);
    if (notice.state === 'sent' && notice.messageId !== null && notice.at !== null && notice.channel !== null) {
      return { messageId: notice.messageId, channel: notice.channel, at: notice.at };
    }
    const plan = await requirePlan(table, run);
    const members = membersOfNotice(plan, noticeId);
    const target = findTarget(config, run.target);
    const linkFor = links === null ? null : await links.ready();
    const compose = () => {
      const at = now();
      // Time went by since the plan: the mail names the end that will hold.
      const moved = members.map((member) => afterReceipt(target, member, at.toISOString()));
      const snooze = offerSnooze(ports, linkFor, moved);
      return composeDigest({ target: run.target, owner: notice.owner, members: moved, runId: run.id, snooze, now: at });
    };
    const sent = await mailOwner(
      ports,
      run,
      notice,
      noticeContent(members, (member) => announcedTerms(target, member)),
      compose,
    );
    // On record at once: if the step is repeated after this, the owner is not told twice.
    await saveNoticeRecord(table, { ...notice, ...sent, state: 'sent', error: null, version: notice.version + 1 });
    return { messageId: sent.messageId, channel: sent.channel, at: sent.at };
  };
}
