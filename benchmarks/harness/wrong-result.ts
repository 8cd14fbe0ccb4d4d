import { SlotkeeperError } from '../../src/errors/slotkeeper-error.ts';

/** A contender answered wrongly or left undone what it was to do, so that its figures mean nothing. */
export class WrongResult extends SlotkeeperError {
  constructor(contender: string, expected: string, got: string) {
    super('WrongResult', `Expected ${contender} ${expected}, got ${got}. Its figures would mean nothing.`);
  }
}
