import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** A notice was sent, but the receipt could not be stored on every backend; those without it are warned again. */
export class ReceiptsNotStored extends SlotkeeperError {
  constructor(failures: AggregateError, expected: number) {
    const first: unknown = failures.errors[0];
    super(
      'ReceiptsNotStored',
      `Expected to store the receipt on ${expected} backends, failed on ${failures.errors.length}; the first: ${first instanceof Error ? first.message : String(first)}`,
      { cause: failures },
    );
  }
}
