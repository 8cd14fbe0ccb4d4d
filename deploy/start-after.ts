import { createHash } from 'node:crypto';
import { LONGEST_TURN_SECONDS } from '../src/reaper/read-run-input.ts';

/**
 * Room of one run, in seconds. A run that ends sessions asks for three results, and the account gives 20 a second to
 * everybody: so many stacks as deploy side by side use a small part of it each.
 */
const SECONDS_OF_A_TARGET = 8;

/**
 * The turn of a target's runs: so many seconds after its schedule's moment. Schedules of one deployment begin together,
 * and those of several stacks know nothing of each other, so that each target has a place of its own by the hash of its
 * rule's name, which is unique in an account and Region. It stays what it is when others come and go.
 *
 * @param rule name of the schedule's rule
 * @param interval seconds from one run to the next
 * @param targets how many the stack has on schedules: the fewer, the less anybody waits
 */
export function startAfter(rule: string, interval: number, targets: number): number {
  const span = Math.min(interval, LONGEST_TURN_SECONDS, targets * SECONDS_OF_A_TARGET);
  const place = createHash('sha256').update(rule).digest().readUInt32BE() / 2 ** 32;
  return Math.floor(place * span);
}
