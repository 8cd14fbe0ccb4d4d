import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** DynamoDB refuses what it is asked, or kept leaving keys of a batch unread, because the table is throttled. */
export class TableThrottled extends SlotkeeperError {
  constructor(problem: string, options?: ErrorOptions) {
    super('TableThrottled', `${problem} The table is throttled: try again later, or raise its limits.`, options);
  }
}
