import type { Backend } from '../backends/backend.ts';

/** What one look, of a recorded run or of now, saw. */
export interface Look {
  /** Server time: ISO 8601, UTC. */
  readonly takenAt: string;
  readonly backends: readonly Backend[];
}

/** The stretch of time that a report is about, by the server's clock. */
export interface Window {
  readonly since: string;
  readonly until: string;
}
