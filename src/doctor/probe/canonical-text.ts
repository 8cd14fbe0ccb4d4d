/**
 * An answer without what differs from try to try, so that two of them can be compared and one can be sent to somebody:
 * ids, process ids and further lines (positions, hints) go.
 */
export function canonicalText(text: string): string {
  const [first = ''] = text.trim().split(/\r?\n/);
  return first
    .replace(/\b[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}(:\d{1,2})?\b/gi, '<id>')
    .replace(/\b(pid|process|session) \d+\b/gi, '$1 <pid>')
    .trim();
}
