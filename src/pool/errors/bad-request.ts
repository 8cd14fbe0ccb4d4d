import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** What was asked for cannot be done as it stands, whatever the state of pool and cluster; nothing ran. */
export class BadRequest extends SlotkeeperError {
  constructor(problem: string, options?: ErrorOptions) {
    super('BadRequest', `${problem} Nothing was run.`, options);
  }
}
