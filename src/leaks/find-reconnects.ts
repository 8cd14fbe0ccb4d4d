import type { HistorySession } from '../backends/history-session.ts';
import { microsOf } from '../backends/instant.ts';
import { sessionKey } from './measure-idle.ts';

/** A new session of the same client within this time after an end is taken for its return. */
export const RECONNECT_SECONDS = 60;

/**
 * Whose client came back right after Slotkeeper had ended a session: same user, application and host, a new session
 * within {@link RECONNECT_SECONDS} of the end. Each new session stands for one return only.
 *
 * @param killed keys ({@link sessionKey}) of the sessions that Slotkeeper ended
 * @returns the keys of those among them whose client came back
 */
export function findReconnects(sessions: readonly HistorySession[], killed: ReadonlySet<string>): ReadonlySet<string> {
  const starts = new Map<string, { readonly key: string; readonly at: number }[]>();
  for (const session of sessions) {
    const client = clientOf(session);
    const of = starts.get(client) ?? [];
    of.push({ key: sessionKey(session), at: microsOf(session.startedAt) });
    starts.set(client, of);
  }
  for (const of of starts.values()) {
    of.sort(byTime);
  }
  const came = new Set<string>();
  const ends = sessions
    .flatMap((session) =>
      session.endedAt !== null && killed.has(sessionKey(session))
        ? [{ session, key: sessionKey(session), at: microsOf(session.endedAt) }]
        : [],
    )
    .sort(byTime);
  for (const { session, key, at } of ends) {
    const waiting = starts.get(clientOf(session)) ?? [];
    // Starts are cut to the second, so one in the second of the end may have come after it.
    const next = waiting.findIndex(
      (start) => start.key !== key && start.at >= cutToSecond(at) && start.at <= at + RECONNECT_SECONDS * 1_000_000,
    );
    if (next !== -1) {
      waiting.splice(next, 1);
      came.add(key);
    }
  }
  return came;
}

/** By key where the times are the same, so that the order of the sessions does not matter. */
function byTime(
  a: { readonly at: number; readonly key: string },
  b: { readonly at: number; readonly key: string },
): number {
  return a.at - b.at || a.key.localeCompare(b.key);
}

function clientOf({ user, application, clientHost }: HistorySession): string {
  return JSON.stringify([user, application, clientHost]);
}

function cutToSecond(micros: number): number {
  return Math.floor(micros / 1_000_000) * 1_000_000;
}
