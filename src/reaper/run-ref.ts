/** Names one run; it is all that passes from state to state about it. */
export interface RunRef {
  readonly target: string;
  /** Name of the execution. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly dryRun: boolean;
}
