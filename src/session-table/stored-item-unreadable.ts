import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** An item of the session table has not the shape that this version of Slotkeeper writes. Values are not repeated. */
export class StoredItemUnreadable extends SlotkeeperError {
  constructor(what: string, problem: string, options?: ErrorOptions) {
    super(
      'StoredItemUnreadable',
      `Expected ${what} in the session table to have the shape that this version writes, but ${problem}. Another version or a hand wrote it: delete or repair the item, or run the version that wrote it.`,
      options,
    );
  }
}
