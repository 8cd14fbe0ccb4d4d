/**
 * The base of every error that Slotkeeper throws on purpose.
 *
 * A subclass per cause sets its own `name`: Lambda reports that name as `errorType`, and the state machine's
 * `ErrorEquals` matches on it, so a name is part of the contract and never changes with the message.
 */
export class SlotkeeperError extends Error {
  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}
