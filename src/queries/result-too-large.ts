import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** The rows are more than a Lambda function may answer. The statement has run; its rows can still be had in parts. */
export class ResultTooLarge extends SlotkeeperError {
  readonly statementId: string;

  constructor(statementId: string, rows: number, bytes: number, maxBytes: number) {
    super(
      'ResultTooLarge',
      `Expected an answer of at most ${maxBytes} bytes, got ${bytes} for ${rows} rows. Statement ${statementId} has run, do not run it again: ask for its rows with its statementId and a maxRows below ${rows}.`,
    );
    this.statementId = statementId;
  }
}
