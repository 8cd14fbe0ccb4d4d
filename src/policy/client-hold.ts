import type { Client } from './client.ts';

/** A client whose sessions are not ended for a while, because it opens new ones at once. */
export interface ClientHold {
  readonly client: Client;
  /** How many of its ends were followed by a return, when the hold began. */
  readonly reconnects: number;
  /** From how many on it is held. */
  readonly limit: number;
  /** ISO 8601, UTC, Slotkeeper's clock. */
  readonly until: string;
}
