import picomatch from 'picomatch';

/** Unicode's private use area: letters to picomatch, in no name of a database. */
const PRIVATE_USE = 0xe000;
/** Stands before pattern and text: picomatch takes an empty text for no match. */
const ANCHOR = '=';

const matchers = new Map<string, (text: string) => boolean>();

/**
 * Whether a name fits a pattern: `*` is any text (none too), `?` is one character, everything else is itself. Upper and
 * lower case are the same, as Redshift folds identifiers to lower case.
 *
 * picomatch is made for paths, and names such as `IAM:team/bob`, `10.0.0.7` or `corp\bob` are none: slashes, dots,
 * brackets and backslashes mean something there. So on both sides every sign but the two wildcards becomes a letter.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let matcher = matchers.get(pattern);
  if (matcher === undefined) {
    matcher = picomatch(disguiseSigns(pattern), { nocase: true });
    matchers.set(pattern, matcher);
  }
  return matcher(disguiseSigns(text));
}

/** Whether a pattern means exactly one name. */
export function isLiteral(pattern: string): boolean {
  return !/[*?]/.test(pattern);
}

function disguiseSigns(text: string): string {
  return (ANCHOR + text).replace(/[^*?A-Za-z0-9\u0080-\uffff]/g, (sign) =>
    String.fromCharCode(PRIVATE_USE + sign.charCodeAt(0)),
  );
}
