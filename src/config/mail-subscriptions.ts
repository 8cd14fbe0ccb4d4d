/** Mail subscriptions that the stack makes; whoever has the address confirms it by the mail that SNS sends. */
export interface MailSubscriptions {
  /** Gets the notices of one owner each. */
  readonly owners: readonly { readonly owner: string; readonly email: string }[];
  /** Addresses that get refusals, failures and alarms. */
  readonly operators: readonly string[];
}
