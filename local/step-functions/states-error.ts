/** An error as the state machine sees it: `name` is what `ErrorEquals` matches, `message` the Cause. */
export class StatesError extends Error {
  /** Read by the engine: an error that no Retry and no Catch may match. */
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;

  /** @param handleable false for the errors that neither Retry nor Catch can match, not even as `States.ALL` */
  constructor(name: string, cause: string, handleable = true) {
    super(cause);
    this.name = name;
    this.isRetryable = handleable;
    this.isCatchable = handleable;
  }
}

/** Largest input or output of a state, bytes of UTF-8 (Step Functions guide, "Service quotas"). */
export const DATA_LIMIT_BYTES = 256 * 1024;

/** True when a value is larger than a state may take or give. */
export function exceedsDataLimit(value: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(value) ?? '') > DATA_LIMIT_BYTES;
}

/** The failure of a state whose data is too large. `States.ALL` does not match it. */
export function dataLimitExceeded(stateName: string): StatesError {
  const cause = `The state/task '${stateName}' returned a result with a size exceeding the maximum number of bytes service limit.`;
  return new StatesError('States.DataLimitExceeded', cause, false);
}
