import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** A run that has ended was started again under the same name. */
export class RunAlreadyEnded extends SlotkeeperError {
  constructor(target: string, runId: string, state: string) {
    super(
      'RunAlreadyEnded',
      `Run ${runId} of target ${target} has ${state} already. Start another execution, with a name of its own.`,
    );
  }
}
