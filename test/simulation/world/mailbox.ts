import type { NoticeChannel, NoticeMessage } from '../../../src/messaging/notice-channel.ts';
import type { Scheduler } from '../engine/scheduler.ts';

/** A message that went out, and when it truly did: epoch milliseconds. */
export interface Sent {
  readonly messageId: string;
  readonly at: number;
  readonly message: NoticeMessage;
}

/** A topic that remembers what went out. */
export interface Mailbox {
  readonly address: string;
  readonly port: Pick<NoticeChannel, 'publish' | 'audienceOf'>;
  readonly sent: readonly Sent[];
}

export function createMailbox(scheduler: Scheduler, prefix: string): Mailbox {
  const sent: Sent[] = [];
  return {
    address: `arn:aws:sns:us-east-1:000000000000:${prefix}`,
    sent,
    port: {
      async publish(message) {
        const messageId = `${prefix}-${sent.length + 1}`;
        sent.push({ messageId, at: scheduler.now, message });
        return { messageId, channel: 'sns' };
      },
      async audienceOf() {
        return { confirmed: 1, pending: 0, filtered: 0 };
      },
    },
  };
}
