import { backendKey } from '../../lifecycle/backend-key.ts';
import type { SnoozeOffer } from '../../notices/snooze-advice.ts';
import type { PlanMember } from '../../policy/plan.ts';
import type { LinkFor } from '../../snooze-link/snooze-links.ts';
import type { SnoozePorts } from './snooze-ports.ts';

/** A mail with more links than this is a list of links; the command line is for the others. */
const MOST_LINKS = 25;

/**
 * What a notice says of keeping its sessions: a link for each of those that end soonest. Null where snoozing is off.
 *
 * @param linkFor null: there is nobody to answer links
 */
export function offerSnooze(
  { config, again }: Pick<SnoozePorts, 'config'> & { readonly again?: string },
  linkFor: LinkFor | null,
  members: readonly PlanMember[],
): SnoozeOffer | null {
  const seconds = config.notices.snooze.max;
  if (seconds === 0) {
    return null;
  }
  const soonest = members
    .filter(({ endsAt }) => endsAt !== null)
    .toSorted((a, b) => (a.endsAt ?? '').localeCompare(b.endsAt ?? '') || a.identity.pid - b.identity.pid)
    .slice(0, MOST_LINKS);
  const made = new Map<string, string>();
  for (const member of soonest) {
    const link = linkFor?.(member, seconds) ?? null;
    if (link !== null) {
      made.set(backendKey(member.identity), link);
    }
  }
  return { seconds, links: made, ...(again === undefined ? {} : { again }) };
}
