/**
 * Whether a backend was active again after an idle spell began. Both are server times, ISO 8601, as the server told
 * them: the same spell always reads the same, so any later value means another statement has ended since.
 */
export function isUsedSince(spellBeganAt: string, lastActiveAt: string): boolean {
  // Text that differs within one millisecond still names different moments: Redshift tells microseconds.
  return lastActiveAt !== spellBeganAt && Date.parse(lastActiveAt) >= Date.parse(spellBeganAt);
}
