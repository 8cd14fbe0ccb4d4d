/** What one run asked of AWS, counted. */
export interface MeasuredRun {
  /** States entered, polls included. */
  readonly transitions: number;
  readonly lambda: number;
  /** Calls to DynamoDB that write, and that read. */
  readonly writes: number;
  readonly reads: number;
  readonly messages: number;
  /** Events put on the bus; a call takes ten. */
  readonly events: number;
  /** Calls to the Redshift Data API; they cost nothing by themselves. */
  readonly dataApi: number;
}

/** Counted on the embedded cloud by `measure-runs.ts`. */
export interface MeasuredRuns {
  /** Idle sessions that the runs saw. */
  readonly sessions: number;
  /** A run that finds nothing due. */
  readonly quiet: MeasuredRun;
  /** A run that warns of all sessions, which have one owner. */
  readonly warning: MeasuredRun;
  /** A run that ends all of them. */
  readonly ending: MeasuredRun;
}
