/** At most so many messages to one owner about one target, within any window of that length. */
export interface MailRate {
  readonly messages: number;
  /** Seconds. */
  readonly per: number;
}
