import { hashText } from '../policy/hash-text.ts';
import type { PlanMember } from '../policy/plan.ts';

type Told = Pick<PlanMember, 'identity' | 'lastActiveAt' | 'endsAt'>;

/**
 * What a notice tells, whenever it is told: these backends, each in this idle spell, and by which thresholds they are to
 * be ended, if at all. SHA-256 (hex); the order of the members does not matter.
 *
 * @param termsOf the thresholds, seconds; where they have changed, the end that was announced is another
 */
export function noticeContent<T extends Told>(
  members: readonly T[],
  termsOf: (member: T) => readonly unknown[],
): string {
  const spells = members.map((member) => {
    const { identity, lastActiveAt, endsAt } = member;
    const { pid, startedAt, user } = identity;
    return JSON.stringify([pid, startedAt, user, lastActiveAt, endsAt === null, termsOf(member)]);
  });
  return hashText(JSON.stringify(spells.sort()));
}
