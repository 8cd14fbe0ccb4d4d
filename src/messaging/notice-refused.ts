import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** A channel did not take a message: nobody was told. */
export class NoticeRefused extends SlotkeeperError {
  /** The channel gave no answer that rules it out: the message may have gone out all the same. */
  readonly perhapsTaken: boolean;

  constructor(problem: string, { perhapsTaken = false, ...options }: ErrorOptions & { perhapsTaken?: boolean } = {}) {
    super('NoticeRefused', `The notice was not sent: ${problem}`, options);
    this.perhapsTaken = perhapsTaken;
  }
}
