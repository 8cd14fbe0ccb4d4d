/** One message to an owner: put down before it is sent, and proven after. */
export interface MailEntry {
  /** When it was put down: ISO 8601, UTC, Slotkeeper's clock. */
  readonly at: string;
  /** What it tells, {@link noticeContent}. */
  readonly content: string;
  readonly runId: string;
  readonly noticeId: string;
  /** The proof that the channel took it; null: it was to be sent, and whether it was is not known. */
  readonly sent: {
    readonly messageId: string;
    readonly channel: string;
    /** ISO 8601, UTC. */
    readonly at: string;
    /** Absent: nobody looked how many confirmed subscriptions take it. */
    readonly confirmed?: number;
  } | null;
}
