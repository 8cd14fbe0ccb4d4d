import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** A statement that the Data API would refuse whatever the cluster's state; it was not sent. */
export class StatementInvalid extends SlotkeeperError {
  constructor(problem: string, options?: ErrorOptions) {
    super('StatementInvalid', `${problem} The statement was not sent.`, options);
  }
}
