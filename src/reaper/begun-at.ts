/**
 * When a run began: its execution's start, later by the turn that it waited for, so that a run's time is the time it
 * took. The same in every try of every step.
 *
 * @param startedAt ISO 8601, UTC
 * @param startAfter seconds
 */
export function begunAt(startedAt: string, startAfter: number): string {
  return startAfter === 0 ? startedAt : new Date(Date.parse(startedAt) + startAfter * 1000).toISOString();
}
