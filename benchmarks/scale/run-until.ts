import type { Scheduler } from '../../test/simulation/engine/scheduler.ts';

const STEP_MS = 1_000;

/**
 * Lets time go by until something is over, by whole seconds; the scheduler itself would go on to the end of the time that
 * it is given.
 *
 * @param mostMs after that it is given up
 */
export async function runUntil(scheduler: Scheduler, mostMs: number, isOver: () => boolean): Promise<void> {
  const until = scheduler.now + mostMs;
  while (!isOver() && scheduler.now < until) {
    await scheduler.run(Math.min(until, scheduler.now + STEP_MS));
  }
}
