/** A message of several lines as one; servers put their hints and codes on lines of their own. */
export function inOneLine(text: string): string {
  return text.trim().replace(/\s*[\r\n]+\s*/g, '; ');
}
