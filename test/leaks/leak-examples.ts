import type { Backend } from '../../src/backends/backend.ts';
import type { HistorySession } from '../../src/backends/history-session.ts';
import type { Look } from '../../src/leaks/look.ts';
import { idleBackend } from '../policy/policy-examples.ts';

/** A moment of the examples' day: minutes after noon. */
export function at(minutes: number): string {
  return new Date(Date.UTC(2026, 10, 20, 12) + minutes * 60_000).toISOString().replace('.000Z', 'Z');
}

/** An hour from noon. */
export const WINDOW = { since: at(0), until: at(60) };

export function session(pid: number, from: number, to: number | null, changes: Partial<HistorySession> = {}) {
  const example: HistorySession = {
    pid,
    startedAt: at(from),
    endedAt: to === null ? null : at(to),
    user: 'bi_reader',
    database: 'dev',
    application: 'Metabase v0.50 [1b7d]',
    clientHost: '10.0.0.7',
    driver: 'Redshift JDBC Driver 2.1.0.30',
  };
  return { ...example, ...changes };
}

/** What a look saw of a session that has been idle since some minute. */
export function idleSince(of: HistorySession, minute: number, changes: Partial<Backend> = {}): Backend {
  return idleBackend(0, {
    identity: { target: 'prod', pid: of.pid, startedAt: of.startedAt, user: of.user },
    lastActiveAt: at(minute),
    ...changes,
  });
}

export function look(minute: number, ...backends: Backend[]): Look {
  return { takenAt: at(minute), backends };
}
