import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** The Data API no longer knows the statement: it keeps them for 24 hours. */
export class StatementUnknown extends SlotkeeperError {
  constructor(statementId: string, options?: ErrorOptions) {
    super(
      'StatementUnknown',
      `The Data API does not know statement ${statementId}. It keeps statements for 24 hours; run the query again.`,
      options,
    );
  }
}
