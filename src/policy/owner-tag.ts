import { matchesGlob } from './matches-glob.ts';

/** `owner=` or `owner:` at the start of a word, and what follows it up to a blank or a sign that parts words. */
const TAG = /(?<=^|[\s;,|()[\]])owner[=:]([^\s;,|()[\]]+)/i;

/** The owner that a client names in its application_name, such as `nightly owner=etl@example.com`; null: none. */
export function readOwnerTag(application: string): string | null {
  return TAG.exec(application)?.[1] ?? null;
}

/**
 * The owner that a client names, if it is to be believed. Any client can write anything there, so that only what fits one
 * of the patterns counts; without patterns nothing does.
 */
export function believedOwnerTag(application: string, patterns: readonly string[] | undefined): string | null {
  const owner = readOwnerTag(application);
  return owner !== null && (patterns ?? []).some((pattern) => matchesGlob(pattern, owner)) ? owner : null;
}

/** The application_name with another owner in its tag. */
export function withOwnerTag(application: string, rename: (owner: string) => string): string {
  return application.replace(TAG, (tag, owner: string) => tag.slice(0, -owner.length) + rename(owner));
}
