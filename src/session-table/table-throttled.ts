import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** DynamoDB kept leaving keys of a batch unread (`UnprocessedKeys`), which it does when a table is throttled. */
export class TableThrottled extends SlotkeeperError {
  constructor(left: number, tries: number, options?: ErrorOptions) {
    super(
      'TableThrottled',
      `Expected DynamoDB to read a batch of the session table, but ${left} of its keys were still unprocessed after ${tries} tries. The table is throttled: try again later, or raise its limits.`,
      options,
    );
  }
}
