import { LOCAL_CREDENTIALS } from '../cloud-names.ts';
import type { DataApi } from '../data-api/data-api.ts';
import type { Execution } from '../step-functions/execution.ts';
import type { StateMachineRuntime } from '../step-functions/state-machine-runtime.ts';

/** A run that has ended, and what it cost. */
export interface EndedRun {
  readonly execution: Execution;
  /** Another run had the lock: this one did nothing, and called nobody. */
  readonly skipped: boolean;
  readonly dataApiCalls: number;
}

/** Follows the executions of a state machine. Runs use the Data API one at a time; tenants do as somebody else. */
export interface RunWatch {
  /** Runs that ended since the last call, oldest first. */
  ended(): readonly EndedRun[];
  /** Whether a run has entered this state and not left the machine; each run counts once per state. */
  hasEntered(state: string): boolean;
}

export function watchRuns(executions: StateMachineRuntime, machineArn: string, dataApi: DataApi): RunWatch {
  const toldEnds = new Set<string>();
  const toldStates = new Set<string>();
  const calls = () => dataApi.callsBy(LOCAL_CREDENTIALS.accessKeyId);
  let callsBefore = calls();
  const all = () => [...executions.executions(machineArn)].sort((a, b) => +a.startedAt - +b.startedAt);
  return {
    ended: () =>
      all()
        .filter((execution) => execution.status !== 'RUNNING' && !toldEnds.has(execution.arn))
        .map((execution) => {
          toldEnds.add(execution.arn);
          if (entered(execution, 'RunSkipped')) {
            return { execution, skipped: true, dataApiCalls: 0 };
          }
          const callsNow = calls();
          const dataApiCalls = callsNow - callsBefore;
          callsBefore = callsNow;
          return { execution, skipped: false, dataApiCalls };
        }),
    hasEntered(state) {
      const execution = all().find((one) => one.status === 'RUNNING' && entered(one, state));
      const key = `${execution?.arn} ${state}`;
      if (execution === undefined || toldStates.has(key)) {
        return false;
      }
      toldStates.add(key);
      return true;
    },
  };
}

function entered(execution: Execution, state: string): boolean {
  return execution.history.events(false).some((event) => {
    const details = event['stateEnteredEventDetails'];
    return typeof details === 'object' && details !== null && 'name' in details && details.name === state;
  });
}
