/** The figures of the demonstration, as `npm start -- --json` prints them on its last line. */
export interface DemoReport {
  /** Runs that did their work; skipped ones are not among them. */
  readonly runs: number;
  /** Backends whose owner got a notice. */
  readonly warned: number;
  /** Backends that were claimed for their end and did not escape it. */
  readonly terminated: number;
  /** Backends used again after their warning. */
  readonly recovered: number;
  /** Backends that the last run left alone. */
  readonly kept: number;
  /** Terminated backends that a later look showed to be gone, those that were closed by their client first included. */
  readonly gone: number;
  /** Slots of ordinary users: how many there are, how many were taken when the application was refused, and at the end. */
  readonly slots: { readonly limit: number; readonly before: number; readonly after: number };
  /** What tenants asked meanwhile, how much of it found a session open, and how many sessions it took. */
  readonly pool: { readonly queries: number; readonly hits: number; readonly sessions: number };
  /** The most of any run. */
  readonly transitionsPerRun: number;
  /** The most of any run, polls included. */
  readonly dataApiCallsPerRun: number;
}
