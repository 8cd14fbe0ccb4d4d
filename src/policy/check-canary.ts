import { CanaryFailed } from '../backends/canary-failed.ts';
import type { Snapshot } from '../backends/snapshot.ts';
import { formatDuration } from '../notices/format-duration.ts';
import { clockDifference, MAX_CLOCK_DIFFERENCE_SECONDS } from './clock-difference.ts';

/**
 * Whether a snapshot may be believed; answers the error that says why not.
 *
 * A user without the grants sees only its own sessions (AWS page r_STV_SESSIONS), which would read as "nobody is idle".
 *
 * @param now Slotkeeper's clock, where idle times are to be believed too: the server's must agree with it
 */
export function checkCanary(snapshot: Snapshot, now?: Date): CanaryFailed | null {
  const { target, canary } = snapshot;
  if (!canary.seesEveryone) {
    return new CanaryFailed(
      `Expected the database user of target '${target}' to be a superuser, or to have SYSLOG ACCESS UNRESTRICTED, and so to see ` +
        "everyone's sessions; it does not, so the list may be incomplete and nothing was done. Sign in as a superuser (dbUser, secretArn), or make it one: ALTER USER … CREATEUSER. " +
        'To let it warn but not end others: ALTER USER … SYSLOG ACCESS UNRESTRICTED, and GRANT SELECT ON stl_connection_log (on a workgroup: sys_connection_log, sys_transaction_history).',
    );
  }
  if (!canary.ownSessionSeen) {
    return new CanaryFailed(
      `Expected the asking session (pid ${canary.ownPid}) among the sessions of target '${target}'; it is missing, so ` +
        'the list is incomplete and nothing was done. Run again; if it persists, look at the grants on STV_SESSIONS.',
    );
  }
  const ahead = now === undefined ? 0 : clockDifference(snapshot, now);
  if (Math.abs(ahead) > MAX_CLOCK_DIFFERENCE_SECONDS) {
    const difference = formatDuration(Math.abs(ahead));
    const most = formatDuration(MAX_CLOCK_DIFFERENCE_SECONDS);
    return new CanaryFailed(
      `Expected the server's clock of target '${target}' within ${most} of ours, it is ${difference} ` +
        `${ahead > 0 ? 'behind' : 'ahead'}; idle times cannot be believed and nothing was done. ` +
        "Let its database user's time zone be UTC, and look at both clocks.",
    );
  }
  return null;
}
