import { createHash } from 'node:crypto';

/**
 * The turn of a target's runs: so many seconds after its schedule's moment. Schedules of one deployment begin together,
 * and those of several stacks know nothing of each other, so that each target has a place of its own by the hash of its
 * rule's name, which is unique in an account and Region. It stays what it is when others come and go: a deployment that
 * changes a rule switches it on again where it was paused.
 *
 * @param rule name of the schedule's rule
 * @param interval seconds from one run to the next
 * @param within seconds within which runs begin (`runs.startWithin`)
 */
export function startAfter(rule: string, interval: number, within: number): number {
  const place = createHash('sha256').update(rule).digest().readUInt32BE() / 2 ** 32;
  return Math.floor(place * Math.min(interval, within));
}
