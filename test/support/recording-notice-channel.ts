import type { NoticeChannel, NoticeMessage } from '../../src/messaging/notice-channel.ts';
import { NoticeRefused } from '../../src/messaging/notice-refused.ts';

/** A channel that remembers what it took, and refuses when it is told to. */
export interface RecordingNoticeChannel extends NoticeChannel {
  readonly messages: NoticeMessage[];
  /** The next `times` messages are refused. */
  refuseNext(times?: number): void;
}

/** @param prefix of the MessageIds that it gives: `<prefix>-1`, `<prefix>-2`, … */
export function createRecordingNoticeChannel(prefix = 'message'): RecordingNoticeChannel {
  const messages: NoticeMessage[] = [];
  let refusals = 0;
  return {
    messages,
    refuseNext(times = 1) {
      refusals = times;
    },
    async publish(message) {
      if (refusals > 0) {
        refusals -= 1;
        throw new NoticeRefused('the channel was told to refuse it.');
      }
      messages.push(message);
      return { messageId: `${prefix}-${messages.length}`, channel: 'sns' };
    },
  };
}
