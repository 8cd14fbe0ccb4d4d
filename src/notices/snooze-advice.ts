import { backendKey } from '../lifecycle/backend-key.ts';
import type { PlanMember } from '../policy/plan.ts';
import { formatDuration } from './format-duration.ts';
import { oneLine } from './printable.ts';

/** How sessions of a digest may be kept without being used. */
export interface SnoozeOffer {
  /** For how long at a time, seconds. */
  readonly seconds: number;
  /** Address of the page that keeps a session, by backend key; sessions without one have none. */
  readonly links: ReadonlyMap<string, string>;
  /** Options by which a command line finds the target; absent: `--target` and its name. */
  readonly again?: string;
}

/** Tells how to snooze the sessions of a digest: by the links there are, and by the command line for all of them. */
export function snoozeAdvice(members: readonly PlanMember[], offer: SnoozeOffer | null): string[] {
  if (offer === null) {
    return [];
  }
  const linked = members.flatMap(({ identity }) => {
    const link = offer.links.get(backendKey(identity));
    return link === undefined ? [] : [`  ${identity.pid}  ${link}`];
  });
  const where = oneLine(offer.again ?? `--target ${members[0]?.identity.target ?? ''}`);
  const command = `slotkeeper snooze <pid> --for ${formatDuration(offer.seconds).replaceAll(' ', '')} ${where}`;
  const others = linked.length === members.length ? 'The same by command' : 'By command, and for those without a link';
  return linked.length === 0
    ? ['', `To keep one without using it for up to ${formatDuration(offer.seconds)}: ${command}`]
    : [
        '',
        `To keep one for ${formatDuration(offer.seconds)} without using it, open its link before its end and confirm. Whoever has the`,
        'link can do so; it can do nothing else.',
        ...linked,
        `${others}: ${command}`,
      ];
}
