/** The proof that an owner was told. Without one older than its grace, a backend is not ended. */
export interface Receipt {
  /** SNS MessageId. */
  readonly messageId: string;
  /** When the channel took the message: ISO 8601, UTC, Slotkeeper's clock. */
  readonly at: string;
  /** Where it went: `sns`. */
  readonly channel: string;
  readonly owner: string;
  readonly runId: string;
}
