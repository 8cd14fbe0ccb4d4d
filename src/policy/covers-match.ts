import { IDLE_ACTIVITIES, type IdleActivity } from '../backends/activity.ts';
import { coversGlob } from './covers-glob.ts';
import { coversHost } from './matches-host.ts';
import { POOL_MATCHES } from './pool-standing.ts';
import type { RuleMatch } from './rule.ts';

const GLOBS: ReadonlySet<string> = new Set(['user', 'database', 'application', 'clientHost']);

/** What a backend about which a rule is asked can have where a match does not say; null: it is none of the pool's. */
const ANY: Readonly<Record<string, readonly (string | null)[]>> = {
  user: ['*'],
  database: ['*'],
  application: ['*'],
  clientHost: ['*'],
  activity: IDLE_ACTIVITIES,
  pool: [null, ...POOL_MATCHES],
};

/** With more combinations of a match's values than this, it is asked only whether one earlier match covers them all. */
const MOST_CASES = 10_000;

/** One value or pattern per member: a part of what a match fits. */
type Case = ReadonlyMap<string, string | null>;

/**
 * Which earlier matches together fit every backend that a later one fits, so that the later rule is never asked: their
 * indexes, the first one for each part. Null: some backend may be left to the later rule.
 *
 * Certain where it answers indexes. The later match is taken apart by its values (each pattern, each activity, each
 * standing in the pool); what only several patterns of one member cover together is not found.
 *
 * @param activities those that the targets' engines can tell
 */
export function coveringMatches(
  earlier: readonly RuleMatch[],
  later: RuleMatch,
  activities: readonly IdleActivity[] = IDLE_ACTIVITIES,
): readonly number[] | null {
  const whole = earlier.findIndex((match) => coversMatch(match, later));
  if (whole >= 0) {
    return [whole];
  }
  const members = Object.keys(ANY)
    .map((member) => [member, valuesOf(later, member)] as const)
    .map(
      ([member, values]) =>
        [
          member,
          member === 'activity' ? values.filter((value) => activities.some((each) => each === value)) : values,
        ] as const,
    );
  if (members.reduce((product, [, values]) => product * values.length, 1) > MOST_CASES) {
    return null;
  }
  const covering = new Set<number>();
  for (const one of casesOf(members)) {
    const first = earlier.findIndex((match) => coversCase(match, one));
    if (first < 0) {
      return null;
    }
    covering.add(first);
  }
  return covering.size === 0 ? null : [...covering].sort((a, b) => a - b);
}

/** Whether every backend that a later match fits surely fits an earlier one. Members are compared one by one. */
export function coversMatch(earlier: RuleMatch, later: RuleMatch): boolean {
  return givenMembers(earlier).every(([member, wide]) =>
    valuesOf(later, member).every((value) => coversValue(member, wide, value)),
  );
}

function coversCase(earlier: RuleMatch, one: Case): boolean {
  return givenMembers(earlier).every(([member, wide]) => coversValue(member, wide, one.get(member) ?? null));
}

function coversValue(member: string, wide: readonly string[], value: string | null): boolean {
  const covers = member === 'clientHost' ? coversHost : coversGlob;
  return value !== null && wide.some((other) => (GLOBS.has(member) ? covers(other, value) : other === value));
}

function givenMembers(match: RuleMatch): [string, readonly string[]][] {
  return Object.entries(match).flatMap(([member, values]) => (values === undefined ? [] : [[member, values]]));
}

/** A member that is not known here may have any value, which no list covers. */
function valuesOf(match: RuleMatch, member: string): readonly (string | null)[] {
  return givenMembers(match).find(([name]) => name === member)?.[1] ?? ANY[member] ?? [null];
}

/** Every combination of the members' values. */
function casesOf(members: readonly (readonly [string, readonly (string | null)[]])[]): Case[] {
  return members.reduce<Case[]>(
    (cases, [member, values]) => cases.flatMap((one) => values.map((value) => new Map([...one, [member, value]]))),
    [new Map()],
  );
}
