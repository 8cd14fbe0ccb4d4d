import type { Audience, NoticeChannel, NoticeMessage } from '../../src/messaging/notice-channel.ts';
import { NoticeRefused } from '../../src/messaging/notice-refused.ts';

/** A channel that remembers what it took, and refuses when it is told to. */
export interface RecordingNoticeChannel extends NoticeChannel {
  readonly messages: NoticeMessage[];
  /** The next `times` messages are refused. */
  refuseNext(times?: number): void;
  /** Who is reached from now on. @default one confirmed subscription that takes everything */
  reach(audience: (message: NoticeMessage) => Audience): void;
  /** Called with each message that it takes. */
  onMessage(listener: (message: NoticeMessage) => void): void;
}

/** Nobody has confirmed. */
export const NOBODY: Audience = { confirmed: 0, pending: 1, filtered: 0 };

/** @param prefix of the MessageIds that it gives: `<prefix>-1`, `<prefix>-2`, … */
export function createRecordingNoticeChannel(prefix = 'message'): RecordingNoticeChannel {
  const messages: NoticeMessage[] = [];
  const listeners: ((message: NoticeMessage) => void)[] = [];
  let refusals = 0;
  let audienceOf: (message: NoticeMessage) => Audience = () => ({ confirmed: 1, pending: 0, filtered: 0 });
  return {
    address: `arn:aws:sns:us-east-1:000000000000:${prefix}`,
    messages,
    refuseNext(times = 1) {
      refusals = times;
    },
    reach(audience) {
      audienceOf = audience;
    },
    onMessage(listener) {
      listeners.push(listener);
    },
    async audienceOf(message) {
      return audienceOf(message);
    },
    async publish(message) {
      if (refusals > 0) {
        refusals -= 1;
        throw new NoticeRefused('the channel was told to refuse it.');
      }
      messages.push(message);
      for (const listener of listeners) {
        listener(message);
      }
      return { messageId: `${prefix}-${messages.length}`, channel: 'sns' };
    },
  };
}
