import { randomUUID } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { NoticeChannel, NoticeMessage } from '../messaging/notice-channel.ts';
import { NoticeRefused } from '../messaging/notice-refused.ts';

export interface NoticeFileOptions {
  /** Folder of the notices; made when it is first needed. */
  readonly folder: string;
  /** Shows a notice to whoever sits at the terminal; absent: it is only kept. */
  readonly show?: (message: NoticeMessage, file: string) => void;
  readonly now: () => Date;
}

/**
 * Notices where there is no topic: each is a file, and shown on the terminal. The audience is the operator, who passes
 * them on or acts on them; a receipt says `terminal`, so that nobody takes it for a mail to the owner.
 */
export function createNoticeFileChannel({ folder, show, now }: NoticeFileOptions): NoticeChannel {
  return {
    address: folder,

    /** Whoever sits at the terminal needs no subscription. */
    async audienceOf() {
      return { confirmed: 1, pending: 0, filtered: 0 };
    },

    async publish(message) {
      const stamp = now().toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
      const messageId = `${stamp}Z-${randomUUID().slice(0, 8)}`;
      const path = join(folder, `${messageId}.txt`);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const file = await open(path, 'wx', 0o600);
        // On the disk before it counts as told: the receipt outlives a crash, and so must the notice.
        await file
          .writeFile(`Subject: ${message.subject}\n\n${message.body}\n`)
          .then(() => file.sync())
          .finally(() => file.close());
      } catch (cause) {
        const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
        throw new NoticeRefused(`${path} cannot be written (${reason}).`, { cause });
      }
      show?.(message, path);
      return { messageId, channel: 'terminal' };
    },
  };
}
