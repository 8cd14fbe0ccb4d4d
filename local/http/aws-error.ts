/** Characters of a message: names from requests stand in it, of any length. */
const LONGEST_MESSAGE = 2_000;

/**
 * An error that an embedded service answers with, as the AWS service would.
 *
 * `name` is the error's code on the wire (`__type`), so callers and the state machine can match it.
 */
export class AwsError extends Error {
  /** HTTP status code. */
  readonly status: number;

  constructor(name: string, message: string, status = 400, options?: ErrorOptions) {
    super(message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message, options);
    this.name = name;
    this.status = status;
  }
}
