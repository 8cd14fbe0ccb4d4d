import { microsOf } from '../backends/instant.ts';

/**
 * Whether a backend was active again after an idle spell began. Both are server times, ISO 8601; the same spell always
 * reads the same, so any later moment means that another statement has ended since.
 */
export function isUsedSince(spellBeganAt: string, lastActiveAt: string): boolean {
  return microsOf(lastActiveAt) > microsOf(spellBeganAt);
}
