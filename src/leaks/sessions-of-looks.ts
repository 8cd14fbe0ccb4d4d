import type { HistorySession } from '../backends/history-session.ts';
import { microsOf } from '../backends/instant.ts';
import type { Look } from './look.ts';
import { sessionKey } from './measure-idle.ts';

/** What looks alone tell of sessions, for a server that keeps no record of those that have ended. */
export interface SeenSessions {
  /** Newest start first. */
  readonly sessions: readonly HistorySession[];
  /** When the first look was; null: there is none. */
  readonly since: string | null;
}

/**
 * Puts together what was seen. A session that the newest look does not show has ended after the last look that shows it;
 * that look's time stands for its end, so that no session is taken to have held a slot for longer than it was seen to.
 * What came and went between two looks is not known. Slotkeeper's own
 * sessions, a new one for each look, are left out. A driver's name is not known either: only the server's log has it.
 *
 * @param looks in any order
 */
export function sessionsOfLooks(looks: readonly Look[]): SeenSessions {
  const ordered = looks.toSorted((a, b) => microsOf(a.takenAt) - microsOf(b.takenAt));
  const newest = ordered.at(-1)?.takenAt ?? null;
  const seen = new Map<string, HistorySession>();
  for (const { takenAt, backends } of ordered) {
    for (const { identity, system, own, ...backend } of backends) {
      if (!system && !own) {
        seen.set(sessionKey(identity), {
          pid: identity.pid,
          startedAt: identity.startedAt,
          endedAt: takenAt === newest ? null : takenAt,
          user: identity.user,
          database: backend.database,
          application: backend.application,
          clientHost: backend.clientHost,
          driver: '',
        });
      }
    }
  }
  return {
    sessions: [...seen.values()].sort((a, b) => microsOf(b.startedAt) - microsOf(a.startedAt)),
    since: ordered[0]?.takenAt ?? null,
  };
}
