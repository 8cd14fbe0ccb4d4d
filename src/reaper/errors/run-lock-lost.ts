import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** The run's lock has expired or went to another run: this run must not act any more. */
export class RunLockLost extends SlotkeeperError {
  constructor(target: string, runId: string) {
    super(
      'RunLockLost',
      `Run ${runId} no longer has the lock of target ${target}, so it stops before it acts. If runs take this long regularly, raise runs.lockFor.`,
    );
  }
}
