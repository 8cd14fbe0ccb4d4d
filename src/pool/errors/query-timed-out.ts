import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** A statement did not end in time; it was asked to stop. Whether it had an effect is up to the database. */
export class QueryTimedOut extends SlotkeeperError {
  readonly statementId: string;

  constructor(statementId: string, timeoutMs: number, options?: ErrorOptions) {
    super(
      'QueryTimedOut',
      `Expected statement ${statementId} to end within ${timeoutMs} ms; it was cancelled. Allow it more time, or submit it and fetch its result later.`,
      options,
    );
    this.statementId = statementId;
  }
}
