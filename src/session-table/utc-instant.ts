/**
 * A moment in the one form whose text order is its time order (`2026-11-20T15:03:28.000Z`).
 *
 * @param name of the value in the error
 * @throws RangeError when the text is no date and time
 */
export function utcInstant(text: string, name: string): string {
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime())) {
    throw new RangeError(`Expected ${name} to be an ISO 8601 date and time, got '${text}'.`);
  }
  return instant.toISOString();
}
