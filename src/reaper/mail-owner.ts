import type { NoticeMessage } from '../messaging/notice-channel.ts';
import { NoticeRefused } from '../messaging/notice-refused.ts';
import { decideMail } from '../notices/decide-mail.ts';
import type { MailEntry } from '../notices/mail-entry.ts';
import type { NoticeRecord } from '../session-table/notice-record.ts';
import type { OwnerMailRecord } from '../session-table/owner-mail-record.ts';
import { NoticeDeferred } from './errors/notice-deferred.ts';
import { SubscriptionUnconfirmed } from './errors/subscription-unconfirmed.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { requireRunLock } from './require-run-lock.ts';
import type { RunRef } from './run-ref.ts';
import { saveOwnerMailRecord } from './save-own.ts';

/** That an owner was told, and whether it was an earlier run that told him. */
export type MailProof = NonNullable<MailEntry['sent']> & { readonly takenOverFrom?: string };

/**
 * Sends one owner a message, if somebody would get it, if he was not told the very same already, and if he was not sent
 * as much as he may be sent. The message is put down before it goes out and proven after, so that whenever a run dies in
 * between, the bound holds.
 *
 * @throws SubscriptionUnconfirmed when nobody would get it
 * @throws NoticeDeferred when it would be one too many
 * @throws RunLockLost when another run may be telling the same owner
 * @throws NoticeRefused when the channel did not take it
 */
export async function mailOwner(
  ports: ReaperPorts,
  run: RunRef,
  { owner, noticeId }: Pick<NoticeRecord, 'owner' | 'noticeId'>,
  content: string,
  compose: () => NoticeMessage,
): Promise<MailProof> {
  const { config, table, owners, now } = ports;
  const { rate, requireConfirmed } = config.notices;
  const known = await table.readOwnerMail({ target: run.target, owner });
  const at = now();
  const decision = decideMail(known?.messages ?? [], { content, now: at }, rate);
  if (decision.kind === 'adopt') {
    return decision.runId === run.id ? decision.sent : { ...decision.sent, takenOverFrom: decision.runId };
  }
  const message = compose();
  const audience = requireConfirmed ? await owners.audienceOf(message) : null;
  if (audience?.confirmed === 0) {
    throw new SubscriptionUnconfirmed(owner, audience);
  }
  if (decision.kind === 'defer') {
    throw new NoticeDeferred(owner, rate, decision.until);
  }
  await requireRunLock(ports, run);
  const entry = { at: now().toISOString(), content, runId: run.id, noticeId, sent: null };
  const put = async (messages: readonly MailEntry[], version: number): Promise<OwnerMailRecord> => {
    const record = { target: run.target, owner, version, messages };
    await saveOwnerMailRecord(table, record);
    return record;
  };
  const reserved = await put([...decision.kept, entry], (known?.version ?? 0) + 1);
  try {
    const { messageId, channel } = await owners.publish(message);
    const sent = {
      messageId,
      channel,
      at: now().toISOString(),
      ...(audience === null ? {} : { confirmed: audience.confirmed }),
    };
    await put([...decision.kept, { ...entry, sent }], reserved.version + 1);
    return sent;
  } catch (error) {
    if (error instanceof NoticeRefused && !error.perhapsTaken) {
      // It surely did not go out, so it does not count; a topic that is out of order would else use up the bound.
      await put(decision.kept, reserved.version + 1);
    }
    throw error;
  }
}
