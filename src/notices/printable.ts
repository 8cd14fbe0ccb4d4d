/** An SNS subject has at most 100 characters: ASCII, no line breaks or control characters (AWS page API_Publish). */
const SUBJECT_LENGTH = 100;

/** A name as one line of text: control characters, line breaks and lone surrogates become `?`. Names come from clients. */
export function oneLine(text: string): string {
  return text.replace(/[\p{C}\u2028\u2029]/gu, '?');
}

/**
 * A name that a client chose, as one line of a mail: mail programs make links of whatever looks like one, and the only links
 * of a notice are to be its own.
 */
export function clientName(text: string): string {
  return oneLine(text)
    .replaceAll('://', '[:]//')
    .replace(/\bwww\./gi, (start) => `${start.slice(0, -1)}[.]`);
}

/** A subject that SNS takes, whatever the names in it: printable ASCII, beginning with a letter, at most 100 characters. */
export function toSubject(text: string): string {
  const ascii = text.replace(/[^\x20-\x7e]/gu, '?');
  const cut = ascii.length > SUBJECT_LENGTH ? `${ascii.slice(0, SUBJECT_LENGTH - 3)}...` : ascii;
  return cut.trim();
}

/** A message attribute's value: SNS refuses an empty one. */
export function toAttribute(text: string): string {
  return text === '' ? '-' : text;
}
