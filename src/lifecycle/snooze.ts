/** That somebody keeps a backend: who, since when, until when. It is about one idle spell; in the next one it is nothing. */
export interface Snooze {
  /** `cli:<user>`, `link:<owner>` or `sql:<user>`. */
  readonly by: string;
  /** When it was asked for: ISO 8601, UTC, Slotkeeper's clock. */
  readonly at: string;
  /** As `at`. */
  readonly until: string;
  /** For how long it was asked for. */
  readonly seconds: number;
  /** The spell began then (server time). */
  readonly idleSince: string;
  /** The end that its owner had been told before; null: none was told. It is not brought forward by taking a snooze back. */
  readonly announcedEnd: string | null;
  /** Who took it back, `cli:<user>`; absent: nobody. A tag that is taken back is not honoured again in this spell. */
  readonly endedBy?: string;
}

/** What of a record tells whether it is snoozed in an idle spell. */
interface Snoozable {
  readonly snooze?: Snooze;
}

/** The snooze of this idle spell, over or not; null: nobody has snoozed it. */
export function snoozeOf(record: Snoozable | null, idleSince: string): Snooze | null {
  return record?.snooze?.idleSince === idleSince ? record.snooze : null;
}
