import type { Backend } from '../../backends/backend.ts';
import type { TimeoutFacts, UserTimeout } from './judge-redshift-timeouts.ts';

/** Which users' sessions the server ends by itself, the shortest timeout first; the platform's own are left out. */
export function userTimeouts(backends: readonly Backend[]): TimeoutFacts {
  const clients = backends.filter(({ system }) => !system);
  const byUser = new Map<string, UserTimeout>();
  for (const { identity, serverTimeoutSeconds: seconds } of clients) {
    if (seconds > 0) {
      const earlier = byUser.get(identity.user);
      byUser.set(identity.user, {
        user: identity.user,
        sessions: (earlier?.sessions ?? 0) + 1,
        seconds: Math.min(earlier?.seconds ?? seconds, seconds),
      });
    }
  }
  return { sessions: clients.length, timed: [...byUser.values()].sort((a, b) => a.seconds - b.seconds) };
}
