import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** A snapshot that cannot be believed: whoever took it may not see every session. Nothing is done on its account. */
export class CanaryFailed extends SlotkeeperError {
  constructor(message: string, options?: ErrorOptions) {
    super('CanaryFailed', message, options);
  }
}
