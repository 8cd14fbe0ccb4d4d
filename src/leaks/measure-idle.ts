import type { Backend } from '../backends/backend.ts';
import { microsOf } from '../backends/instant.ts';
import type { Look, Window } from './look.ts';

/** How long a session was seen, and for how much of that it certainly did nothing. Whole seconds, within the window. */
export interface IdleTime {
  /** From its start (or the window's) to the last look that saw it. */
  readonly observedSeconds: number;
  readonly idleSeconds: number;
}

/** What names a session within a target. */
interface SessionName {
  readonly pid: number;
  readonly startedAt: string;
  readonly user: string;
}

/** A stretch of time in which a session is known to have done nothing. */
export interface IdleSpell extends SessionName {
  /** ISO 8601, UTC. */
  readonly from: string;
  readonly to: string;
}

/** One text per session: its target is that of the whole report. */
export function sessionKey(session: SessionName): string {
  return JSON.stringify([session.pid, session.startedAt, session.user]);
}

/**
 * Measures for each session that was seen how long it was idle.
 *
 * A look tells since when a session has done nothing, so every look that finds it idle proves a whole stretch of idle
 * time, however far the looks are apart. Stretches of several looks are joined, not added. What it did between a look
 * and its next statement nobody saw, and it is not counted: the idle time is a lower bound.
 *
 * @param spells what is known of idle time besides
 * @returns by {@link sessionKey}
 */
export function measureIdle(
  looks: readonly Look[],
  spells: readonly IdleSpell[],
  window: Window,
): ReadonlyMap<string, IdleTime> {
  const since = microsOf(window.since);
  const until = microsOf(window.until);
  const seen = new Map<string, { readonly from: number; last: number; readonly spells: [number, number][] }>();
  const note = (session: SessionName, idleFrom: number | null, at: number) => {
    const from = Math.max(microsOf(session.startedAt), since);
    const to = Math.min(at, until);
    if (to < from) {
      return;
    }
    const known = seen.get(sessionKey(session)) ?? { from, last: from, spells: [] };
    known.last = Math.max(known.last, to);
    if (idleFrom !== null && idleFrom <= to) {
      known.spells.push([Math.max(idleFrom, from), to]);
    }
    seen.set(sessionKey(session), known);
  };
  for (const { takenAt, backends } of looks) {
    for (const backend of backends) {
      note(backend.identity, isIdle(backend) ? microsOf(backend.lastActiveAt) : null, microsOf(takenAt));
    }
  }
  for (const spell of spells) {
    note(spell, microsOf(spell.from), microsOf(spell.to));
  }
  return new Map(
    [...seen].map(([key, known]) => [
      key,
      { observedSeconds: wholeSeconds(known.last - known.from), idleSeconds: wholeSeconds(coveredBy(known.spells)) },
    ]),
  );
}

/** Whether a look found the session holding a slot without running anything. Idle in a transaction is idle, too. */
export function isIdle(backend: Backend): boolean {
  return backend.activity !== 'running' && backend.activity !== 'unknown';
}

/** Length of the union of the stretches. */
function coveredBy(stretches: readonly (readonly [from: number, to: number])[]): number {
  let covered = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const [from, to] of stretches.toSorted((a, b) => a[0] - b[0])) {
    covered += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return covered;
}

function wholeSeconds(micros: number): number {
  return Math.floor(micros / 1_000_000);
}
