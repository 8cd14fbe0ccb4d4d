/**
 * How far a backend's activity and idle time can be believed.
 *
 * - `high`: sources agree: its log and, where a transaction is open, its transaction.
 * - `medium`: only its start tells when it was last active: it has run nothing, or nothing that is logged.
 * - `low`: sources disagree: its log lags behind, or misses what it did. Nothing is ended on such a ground.
 */
export const CONFIDENCES = ['low', 'medium', 'high'] as const;

export type Confidence = (typeof CONFIDENCES)[number];

/** What is known of a backend, and from where. */
export interface Evidence {
  readonly confidence: Confidence;
  /** The views that told of it, e.g. `STV_SESSIONS`, `SVL_STATEMENTTEXT`. */
  readonly sources: readonly string[];
  /** Why it cannot be believed further, as a clause; absent where nothing more is to be said than the sources do. */
  readonly doubt?: string;
}
