/** Options of a {@link DataApiError}. */
export interface DataApiErrorOptions extends ErrorOptions {
  /** HTTP status; 400 unless told. */
  readonly status?: number;
  /** Further members of the error's shape, e.g. `ResourceId`. */
  readonly members?: Readonly<Record<string, string>>;
}

/** An error that the service answers with. `name` is its `__type`, `status` its HTTP status. */
export class DataApiError extends Error {
  readonly status: number;
  readonly members: Readonly<Record<string, string>>;

  constructor(type: string, message: string, options: DataApiErrorOptions = {}) {
    super(message, options);
    this.name = type;
    this.status = options.status ?? 400;
    this.members = options.members ?? {};
  }

  /** The error as the service writes it: `Message` with a capital M, as its model says. */
  get body(): Readonly<Record<string, string>> {
    return { __type: this.name, Message: this.message, ...this.members };
  }
}

/** A `ValidationException` (HTTP 400). */
export function validationError(message: string): DataApiError {
  return new DataApiError('ValidationException', message);
}

/**
 * A `ResourceNotFoundException`. The Smithy model says HTTP 404, the API reference and what was observed of the service
 * (ballerina-platform/module-ballerinax-aws.redshiftdata, `execute_statement_test.bal`) say 400.
 */
export function resourceNotFound(message: string, resourceId: string): DataApiError {
  return new DataApiError('ResourceNotFoundException', message, { members: { ResourceId: resourceId } });
}

/** Observed text for an id that is unknown, expired or another identity's (same source as above). */
export function queryDoesNotExist(id: string): DataApiError {
  return resourceNotFound('Query does not exist.', id);
}

/** Observed text for a statement that is not finished, failed, or returns no rows (same source as above). */
export function queryHasNoResult(id: string): DataApiError {
  return resourceNotFound('Query does not have result. Please check query status with DescribeStatement.', id);
}
