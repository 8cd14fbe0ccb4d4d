import type { HistorySession } from '../backends/history-session.ts';
import { microsOf } from '../backends/instant.ts';
import type { TargetConfig } from '../config/target-config.ts';
import { advise } from './advise.ts';
import { type ClientGroup, type Dimension, groupKey, groupOf } from './client-group.ts';
import { findReconnects } from './find-reconnects.ts';
import type { Leak, LeakReport, SessionCounts } from './leak-report.ts';
import type { Look, Window } from './look.ts';
import { type IdleSpell, type IdleTime, measureIdle, sessionKey } from './measure-idle.ts';
import { peakAtOnce } from './peak-at-once.ts';
import { tellTrend } from './tell-trend.ts';

export interface LeakInput {
  readonly window: Window;
  /** Sessions that the server remembers; those outside the window are left out. */
  readonly sessions: readonly HistorySession[];
  /** Whether these are all that the server remembers of the window. */
  readonly complete: boolean;
  /** In any order; those outside the window are left out. */
  readonly looks: readonly Look[];
  /** Keys ({@link sessionKey}) of the sessions that Slotkeeper ended and saw gone. */
  readonly killed: ReadonlySet<string>;
  /** What is known of idle time besides the looks. */
  readonly spells: readonly IdleSpell[];
  readonly by: readonly Dimension[];
  /** The user as whom Slotkeeper looks. */
  readonly ownUser: string | null;
  /** Of the target: what to set there is different. */
  readonly engine: TargetConfig['engine'];
}

/** Puts the sessions of a window together by client, and ranks the clients by the slots that they wasted. */
export function reportLeaks(input: LeakInput): LeakReport {
  const { window, killed, by } = input;
  const sessions = input.sessions.filter((session) => touches(session, window));
  const looks = input.looks.filter(({ takenAt }) => isWithin(takenAt, window));
  const idle = measureIdle(looks, input.spells, window);
  const came = findReconnects(sessions, killed);
  const count = (some: readonly HistorySession[]) => countSessions(some, { window, idle, killed, came });

  const groups = new Map<string, { readonly group: ClientGroup; readonly sessions: HistorySession[] }>();
  for (const session of sessions) {
    const group = groupOf(session, by);
    const entry = groups.get(groupKey(group)) ?? { group, sessions: [] };
    entry.sessions.push(session);
    groups.set(groupKey(group), entry);
  }
  const timedOut = sessionsByTimeout(looks);
  const leaks = [...groups.values()].map(({ group, sessions: members }): Leak => {
    const counts = count(members);
    const timeouts = members.flatMap((session) => timedOut.get(sessionKey(session)) ?? []);
    return {
      group,
      ...counts,
      idleShare: counts.observedSeconds === 0 ? null : counts.wastedSeconds / counts.observedSeconds,
      trend: tellTrend(members, window, input.complete),
      ...advise(group, {
        wastedSeconds: counts.wastedSeconds,
        came: counts.reconnected,
        serverTimeout: timeouts.length > 0 && timeouts.every(Boolean),
        own: group.user !== null && group.user === input.ownUser,
        engine: input.engine,
      }),
    };
  });
  return { window, looks: looks.length, total: count(sessions), leaks: leaks.sort(byWaste) };
}

function touches({ startedAt, endedAt }: HistorySession, { since, until }: Window): boolean {
  return microsOf(startedAt) <= microsOf(until) && (endedAt === null || microsOf(endedAt) >= microsOf(since));
}

function isWithin(moment: string, { since, until }: Window): boolean {
  return microsOf(moment) >= microsOf(since) && microsOf(moment) <= microsOf(until);
}

function countSessions(
  sessions: readonly HistorySession[],
  known: {
    readonly window: Window;
    readonly idle: ReadonlyMap<string, IdleTime>;
    readonly killed: ReadonlySet<string>;
    readonly came: ReadonlySet<string>;
  },
): SessionCounts {
  const since = microsOf(known.window.since);
  const keys = sessions.map(sessionKey);
  const openBefore = sessions.filter(({ startedAt }) => microsOf(startedAt) < since).length;
  const closed = sessions.filter(({ endedAt }) => endedAt !== null).length;
  const sum = (pick: (time: IdleTime) => number) =>
    keys.reduce((total, key) => total + pick(known.idle.get(key) ?? { observedSeconds: 0, idleSeconds: 0 }), 0);
  return {
    sessions: sessions.length,
    openBefore,
    opened: sessions.length - openBefore,
    closed,
    open: sessions.length - closed,
    peak: peakAtOnce(sessions, known.window),
    observedSeconds: sum((time) => time.observedSeconds),
    wastedSeconds: sum((time) => time.idleSeconds),
    killed: keys.filter((key) => known.killed.has(key)).length,
    reconnected: keys.filter((key) => known.came.has(key)).length,
  };
}

/** Of each session that a look saw, by {@link sessionKey}: whether the server itself ends it when it is idle. */
function sessionsByTimeout(looks: readonly Look[]): ReadonlyMap<string, boolean> {
  return new Map(
    looks.flatMap(({ backends }) =>
      backends.map((backend) => [sessionKey(backend.identity), backend.serverTimeoutSeconds > 0] as const),
    ),
  );
}

/** The most wasted first; of equals the one that has most open, then had most; then by name, so that the order is stable. */
function byWaste(a: Leak, b: Leak): number {
  return (
    b.wastedSeconds - a.wastedSeconds ||
    b.open - a.open ||
    b.sessions - a.sessions ||
    groupKey(a.group).localeCompare(groupKey(b.group))
  );
}
