import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** A `nextToken` that this listing did not give out. */
export class InvalidPageToken extends SlotkeeperError {
  constructor(problem: string, options?: ErrorOptions) {
    super(
      'InvalidPageToken',
      `Expected nextToken to be the one of the page before of the same listing, but ${problem}. Start again without a token.`,
      options,
    );
  }
}
