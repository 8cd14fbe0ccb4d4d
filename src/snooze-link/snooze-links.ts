import type { PlanMember } from '../policy/plan.ts';
import type { LinkKeys } from './link-keys.ts';
import { signClaim } from './sign-link.ts';

/** Runs may be late: a session often lives on for a while after its announced end, and so does its link. */
export const LINK_SLACK_SECONDS = 3_600;

/**
 * The link that keeps a session, or null where it needs none, since it will not be ended.
 *
 * @param seconds for how long the link keeps it, from the moment at which it is confirmed
 */
export type LinkFor = (
  member: Pick<PlanMember, 'identity' | 'lastActiveAt' | 'endsAt'>,
  seconds: number,
) => string | null;

/** Makes the links of notices. */
export interface SnoozeLinks {
  /** Gets the key, once for all links of a notice. */
  ready(): Promise<LinkFor>;
}

/** @param url of the function that answers, e.g. `https://….lambda-url.us-east-1.on.aws/` */
export function createSnoozeLinks({ keys, url }: { keys: LinkKeys; url: string }): SnoozeLinks {
  return {
    async ready() {
      const key = await keys.signing();
      return ({ identity, lastActiveAt, endsAt }, seconds) => {
        if (endsAt === null) {
          return null;
        }
        const expiresAt = Math.ceil(Date.parse(endsAt) / 1000) + LINK_SLACK_SECONDS;
        const link = new URL(url);
        link.searchParams.set('link', signClaim({ identity, idleSince: lastActiveAt, seconds, expiresAt }, key));
        return link.href;
      };
    },
  };
}
