import type { RunInput } from '../reaper/read-run-input.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING_REDRIVE';

/** What the service says of one execution. */
export interface ExecutionDescription {
  readonly status: ExecutionStatus;
  /** JSON; null while it runs and after a failure. */
  readonly output: string | null;
  /** The error's name and its cause (text or JSON) after a failure. */
  readonly error: string | null;
  readonly cause: string | null;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly stoppedAt: string | null;
}

/** Starts runs and looks at them. */
export interface Executions {
  /**
   * @param request the execution's name is the run's id
   * @returns the execution's ARN
   */
  start(request: { stateMachineArn: string; runId: string; input: RunInput }): Promise<string>;
  describe(execution: string): Promise<ExecutionDescription>;
}
