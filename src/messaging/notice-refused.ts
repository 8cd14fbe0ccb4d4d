import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** A channel did not take a message: nobody was told. */
export class NoticeRefused extends SlotkeeperError {
  constructor(problem: string, options?: ErrorOptions) {
    super('NoticeRefused', `The notice was not sent: ${problem}`, options);
  }
}
