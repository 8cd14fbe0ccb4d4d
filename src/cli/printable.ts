/**
 * Makes text from elsewhere safe for a terminal and for one line: names of users and applications are chosen by
 * clients, and could move the cursor, recolour the screen or forge a line.
 *
 * @returns the text with every control and direction-changing character shown as `\xNN` or `\u{NNNN}`
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}
