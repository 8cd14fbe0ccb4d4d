import { formatDuration } from '../../notices/format-duration.ts';
import type { Rule } from '../../policy/rule.ts';

/** A policy's limits for people, a line per rule, so that nobody is surprised by a policy that he did not write. */
export function describePolicy(rules: readonly Rule[]): string[] {
  return rules.map((rule) => `${rule.name}: ${rule.keep ? 'left alone' : limits(rule)}`);
}

function limits({ warnAfter, terminateAfter, grace, notice, whenFreeSlotsBelow }: Rule): string {
  const parts = [
    ...(notice === 'none' ? [] : [`warned when idle for ${formatDuration(warnAfter ?? terminateAfter ?? 0)}`]),
    ...(terminateAfter === null ? ['never ended'] : [`ended after ${formatDuration(terminateAfter)}`]),
    ...(notice === 'none' || terminateAfter === null ? [] : [`at least ${formatDuration(grace)} after the warning`]),
    ...(whenFreeSlotsBelow === undefined ? [] : ['sooner under pressure']),
  ];
  return parts.join(', ');
}
