/**
 * A 64-bit integer of a `Field` on the wire. In a text value the quotes of such a key would be escaped, so the name
 * with plain quotes and a colon is always the member itself.
 */
const LONG_VALUE = /("longValue"\s*:\s*)(-?\d{16,})(?=\s*[,}])/g;

/**
 * Puts quotes around the long integers of a GetStatementResult answer that a JavaScript number may not hold. The SDK
 * parses JSON numbers as doubles, which rounds integers beyond 2^53; a text in a numeric member it passes on as it is.
 *
 * @param json the answer's body as it came over the wire
 */
export function quoteLongIntegers(json: string): string {
  return json.replace(LONG_VALUE, (all: string, member: string, digits: string) =>
    Number.isSafeInteger(Number(digits)) ? all : `${member}"${digits}"`,
  );
}
