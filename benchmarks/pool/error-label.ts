const NOT_AVAILABLE = 'Session is not available';

/** How an error is named in the table: the service's text for a session that is busy or gone, else the error's name. */
export function errorLabel(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return error.message.includes(NOT_AVAILABLE) || error.name === 'SessionUnavailable' ? NOT_AVAILABLE : error.name;
}
