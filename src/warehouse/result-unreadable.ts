import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** A result has a value or a form that cannot be read without being wrong about it. */
export class ResultUnreadable extends SlotkeeperError {
  constructor(statementId: string, problem: string, options?: ErrorOptions) {
    super('ResultUnreadable', `Result of statement ${statementId}: ${problem}`, options);
  }
}
