import type { Outcome } from '../lifecycle/outcome.ts';

/** What became of warnings: one fate for each idle spell of which an owner was told. All of them add up to `spells`. */
export interface WarningFates {
  readonly spells: number;
  /** Used again before its end. */
  readonly recovered: number;
  /** Closed by somebody else before its end. */
  readonly left: number;
  /** Ended by Slotkeeper and seen gone. */
  readonly ended: number;
  /** Its end did not take: denied, or still there. */
  readonly failed: number;
  /** Its owner keeps it for now. */
  readonly snoozed: number;
  /** Nothing yet. */
  readonly waiting: number;
}

/** The lives of the backends on record over a period, from the session table alone. */
export interface Ledger {
  /** ISO 8601, UTC, Slotkeeper's clock. */
  readonly since: string;
  readonly until: string;
  /** Backends on record to whom something happened in the period. */
  readonly backends: number;
  readonly warnings: WarningFates;
  /** Snoozes, each time anew. */
  readonly snoozes: number;
  /** Looks that told what became of a claimed end, by outcome. */
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Ends seen, of backends that had been warned, and of those whose rule asks for no warning: outcomes.gone = both. */
  readonly announced: number;
  readonly unannounced: number;
  /** Ends seen after which the client was back within seconds. */
  readonly reconnected: number;
  /** (recovered + left) / (recovered + left + ended + failed): how often a warning was enough; null: none is settled. */
  readonly warningsWorked: number | null;
  /** reconnected / outcomes.gone: how often an end freed no slot; null: nobody was ended. */
  readonly falseKills: number | null;
  /** Slots × seconds from each end to the end of the period; none for those whose client was back. At most. */
  readonly freedSeconds: number;
}
