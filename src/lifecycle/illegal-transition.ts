import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** A verb was applied to a backend whose state does not allow it; nothing was changed. */
export class IllegalTransition extends SlotkeeperError {
  constructor(verb: string, from: string, expected: string) {
    super('IllegalTransition', `Expected a backend that is ${expected} to ${verb}, got one that is ${from}.`);
  }
}
