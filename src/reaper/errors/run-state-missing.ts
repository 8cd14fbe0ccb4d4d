import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** A step found no record of what an earlier step of its run must have stored. */
export class RunStateMissing extends SlotkeeperError {
  constructor(what: string, target: string, runId: string) {
    super(
      'RunStateMissing',
      `Expected ${what} of run ${runId} (target ${target}) in the session table, found none. Steps run only in the order of the state machine, on one table.`,
    );
  }
}
