/**
 * How a check came out. `cannot-tell` is an answer of its own: what was not seen is neither well nor wrong
 * (pgadmin4#7217: a check that only guesses is wrong both ways).
 */
export type CheckVerdict = 'ok' | 'warning' | 'problem' | 'cannot-tell';

/** One line that mends, ready to be copied. */
export interface Mend {
  /** Where it belongs: a SQL client, a shell, or slotkeeper.yml. */
  readonly kind: 'sql' | 'cli' | 'yaml';
  readonly line: string;
}

/** One thing that was looked at. */
export interface Check {
  /** One word for scripts, e.g. `owners-subscribed`. */
  readonly name: string;
  readonly question: string;
  readonly verdict: CheckVerdict;
  readonly found: string;
  readonly expected: string;
  /** In the order in which to try them; empty where nothing is to be mended. */
  readonly mend: readonly Mend[];
  /** What the judgement rests on: an AWS page, a PostgreSQL page, or repository#issue. */
  readonly source: string;
}
