/** The proof that an owner was told. Without one older than its grace, a backend is not ended. */
export interface Receipt {
  /** SNS MessageId. */
  readonly messageId: string;
  /** When the channel took the message: ISO 8601, UTC, Slotkeeper's clock. */
  readonly at: string;
  /** Where it went: `sns`. */
  readonly channel: string;
  readonly owner: string;
  /** The run that stored it; if that died before, the message is an earlier run's. */
  readonly runId: string;
  /** How many confirmed subscriptions took it when it was sent; absent: nobody looked. */
  readonly confirmed?: number;
}
