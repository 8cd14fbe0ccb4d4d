import type { TargetConfig } from '../../src/config/slotkeeper-config.ts';
import { reap } from './reap-machine.ts';
import { createReaperWorld, type ReaperWorld } from './reaper-world.ts';

/** A pool of scratch users' sessions, due without a warning, that opens a new session at once for each that is ended. */
export function thrashingWorld(sessions: number, target: Pick<Partial<TargetConfig>, 'thrash'> = {}): ReaperWorld {
  const world = createReaperWorld({ target });
  const { redshift } = world;
  let pid = 700;
  redshift.onEnd((ended) => {
    if (ended.user.startsWith('scratch')) {
      pid += 1;
      redshift.open({ pid, user: ended.user, application: ended.application, idle: 0, age: 0 });
    }
  });
  for (let index = 0; index < sessions; index += 1) {
    redshift.open({ pid: 501 + index, idle: 4000, user: 'scratch_1' });
  }
  return world;
}

/** Time passes, then a run. */
export async function reapAfter(world: ReaperWorld, seconds: number, dryRun = false) {
  world.clock.advance(seconds);
  return await reap(world.ports, dryRun);
}
