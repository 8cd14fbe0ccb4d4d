/** An ISO 8601 time in UTC as people read it, cut to the second: `2026-11-20 15:03:28`; null is `never`. */
export function formatMoment(iso: string | null): string {
  return iso === null ? 'never' : iso.slice(0, 19).replace('T', ' ');
}
