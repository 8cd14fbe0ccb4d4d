/**
 * Something about a file that can be used and still is not what its writer can have meant.
 *
 * `error`: a part of it has no effect, or works against another part. `warning`: it may be meant so.
 */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** One word for scripts, e.g. `rule-never-reached`. */
  readonly code: string;
  readonly path: readonly PropertyKey[];
  /** Completes "expected …". */
  readonly expected: string;
  /** What to do about it: a sentence. */
  readonly advice: string;
}
