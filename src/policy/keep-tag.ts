import type { Backend } from '../backends/backend.ts';
import { parseDuration } from '../config/parse-duration.ts';

/** A word of the name, set off by blanks or the signs that names are put together with. */
const TAG = /(?:^|[\s;,|])keep=([0-9dhms]{1,24})(?=$|[\s;,|])/gi;

/**
 * For how long a client asks to keep its session while it is idle, by the tag `keep=<duration>` in its application_name,
 * such as `nightly report keep=2h`; of several the last counts.
 *
 * @param max longest that is granted, seconds
 * @returns seconds of idleness; null: it does not ask, or what it asks is no duration
 */
export function keepTagOf({ application }: Pick<Backend, 'application'>, max: number): number | null {
  const written = [...application.matchAll(TAG)].at(-1)?.[1];
  const seconds = written === undefined ? null : parseDuration(written.toLowerCase());
  return seconds === null ? null : Math.min(seconds, max);
}
