/** One notice of a run: which backends it is about and what became of it. */
export interface NoticeRecord {
  readonly target: string;
  readonly runId: string;
  readonly noticeId: string;
  readonly owner: string;
  readonly state: 'planned' | 'sent' | 'failed';
  readonly version: number;
  readonly messageId: string | null;
  /** Where a sent notice went: `sns`. */
  readonly channel: string | null;
  readonly at: string | null;
  readonly error: string | null;
}
