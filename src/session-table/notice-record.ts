/**
 * `refused`: no confirmed subscription takes it, so that it was not sent. `deferred`: past the bound on messages to its
 * owner. Backends of either have no receipt, and the next run tells of them anew.
 */
export const NOTICE_STATES = ['planned', 'sent', 'failed', 'refused', 'deferred'] as const;

/** One notice of a run: which backends it is about and what became of it. */
export interface NoticeRecord {
  readonly target: string;
  readonly runId: string;
  readonly noticeId: string;
  readonly owner: string;
  readonly state: (typeof NOTICE_STATES)[number];
  readonly version: number;
  readonly messageId: string | null;
  /** Where a sent notice went: `sns`. */
  readonly channel: string | null;
  readonly at: string | null;
  /** How many confirmed subscriptions took it; absent: nobody looked. */
  readonly confirmed?: number;
  /** The run that had told the very same, and whose receipt it took over; absent: it was sent by this run. */
  readonly takenOverFrom?: string;
  readonly error: string | null;
}
