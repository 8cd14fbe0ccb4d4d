/**
 * A moment for people: whole seconds, UTC, e.g. `2026-11-20 15:04:01Z`.
 *
 * @param iso ISO 8601; a fraction of a second is cut, not rounded, so that nothing is shown before it happened
 */
export function formatTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) {
    throw new RangeError(`Expected a moment in ISO 8601, e.g. 2026-11-20T15:04:01Z, got "${iso}".`);
  }
  return `${time.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}
