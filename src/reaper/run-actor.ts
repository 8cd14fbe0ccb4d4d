import type { RunRef } from './run-ref.ts';

/** How a run signs the events that it writes. */
export function runActor(run: Pick<RunRef, 'id'>): string {
  return `run:${run.id}`;
}
