import { CanaryFailed } from '../backends/canary-failed.ts';
import type { Snapshot } from '../backends/snapshot.ts';

/**
 * Whether a snapshot may be believed; answers the error that says why not.
 *
 * A user without the grants sees only its own sessions (AWS page r_STV_SESSIONS), which would read as "nobody is idle".
 */
export function checkCanary({ target, canary }: Snapshot): CanaryFailed | null {
  if (!canary.seesEveryone) {
    return new CanaryFailed(
      `Expected the database user of target '${target}' to be a superuser, who sees everyone's sessions; it is not, so ` +
        'the list may be incomplete and nothing was done. Give it CREATEUSER, or sign in as another user (dbUser, secretArn).',
    );
  }
  if (!canary.ownSessionSeen) {
    return new CanaryFailed(
      `Expected the asking session (pid ${canary.ownPid}) among the sessions of target '${target}'; it is missing, so ` +
        'the list is incomplete and nothing was done. Run again; if it persists, look at the grants on STV_SESSIONS.',
    );
  }
  return null;
}
