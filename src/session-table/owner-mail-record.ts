import type { MailEntry } from '../notices/mail-entry.ts';

/** What one owner was sent of late about one target: it bounds the messages, and tells what he knows already. */
export interface OwnerMailRecord {
  readonly target: string;
  readonly owner: string;
  readonly version: number;
  /** Oldest first; those that no window reaches any more are dropped. */
  readonly messages: readonly MailEntry[];
}
