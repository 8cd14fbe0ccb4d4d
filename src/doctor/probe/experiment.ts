/** One thing that nobody has written down about the service, and what the embedded cloud makes of it. */
export interface Experiment {
  /** One word for scripts, e.g. `busy-session`. */
  readonly id: string;
  readonly question: string;
  /** What the embedded cloud answers, in the words of {@link canonicalText}. */
  readonly expected: string;
  /** On what the embedded cloud's answer rests: a report, or `guess`. */
  readonly source: string;
}

/** How an experiment came out. */
export interface ProbeResult extends Experiment {
  /** What was observed; null: it was not tried. */
  readonly observed: string | null;
  readonly outcome: 'agrees' | 'differs' | 'not-tried';
  /** Why it was not tried, or what was measured beside; empty: nothing. */
  readonly note: string;
}
