import { IDLE_ACTIVITIES } from '../backends/activity.ts';
import { coversGlob } from './covers-glob.ts';
import type { RuleMatch } from './rule.ts';

const GLOBS: ReadonlySet<string> = new Set(['user', 'database', 'application', 'clientHost']);

/**
 * Whether every backend about which a later rule could decide surely fits an earlier rule's match, so that the later one
 * is never asked. Certain where it says yes; members are compared one by one, so that cover by several rules together
 * is not found.
 */
export function coversMatch(earlier: RuleMatch, later: RuleMatch): boolean {
  return Object.entries(earlier).every(([member, wide]) => {
    const narrow = valuesOf(later, member);
    if (wide === undefined) {
      return true;
    }
    if (!Array.isArray(wide)) {
      return false;
    }
    if (GLOBS.has(member)) {
      return (narrow ?? ['*']).every((pattern) => wide.some((other) => coversGlob(String(other), pattern)));
    }
    const all = narrow ?? (member === 'activity' ? IDLE_ACTIVITIES : null);
    return all?.every((value) => wide.includes(value)) ?? false;
  });
}

function valuesOf(match: RuleMatch, member: string): readonly string[] | undefined {
  return Object.entries(match).find(([name]) => name === member)?.[1];
}
