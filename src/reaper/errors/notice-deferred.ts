import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import { formatDuration } from '../../notices/format-duration.ts';
import type { MailRate } from '../../notices/mail-rate.ts';

/** One owner was sent as much as he may be sent: the next run after `until` tells him of all that is due by then. */
export class NoticeDeferred extends SlotkeeperError {
  constructor(owner: string, { messages, per }: MailRate, until: string) {
    super(
      'NoticeDeferred',
      `Expected fewer than ${messages} messages to ${owner} within ${formatDuration(per)} (notices.rate), got that many. Nothing was sent, and nothing is ended for lack of a receipt. From ${until} on a run tells of all that is due by then.`,
    );
  }
}
