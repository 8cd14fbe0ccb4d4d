import { reap } from './reap-machine.ts';
import { createReaperWorld, type ReaperWorld } from './reaper-world.ts';

/**
 * One of each that a run can meet, in the run that follows: 501 is due; 502 is due and comes back to life before its end;
 * 503 is to be warned; 504 was used since its warning; 505 was closed; 506 is due without a warning; 507 is running; 508
 * is due and outlives one signal.
 */
export async function busyWorld(engine: 'redshift' | 'postgres' = 'redshift'): Promise<ReaperWorld> {
  const world = createReaperWorld({ engine });
  const { redshift, clock } = world;
  redshift.open(
    { pid: 501, idle: 3000 },
    { pid: 502, idle: 3000 },
    { pid: 504, idle: 3000 },
    { pid: 505, idle: 3000 },
    { pid: 508, idle: 3000, outlives: 1 },
  );
  await reap(world.ports);
  clock.advance(900);
  redshift.open(
    { pid: 503, idle: 2000, user: 'etl' },
    { pid: 506, idle: 4000, user: 'scratch_1' },
    { pid: 507, running: true },
  );
  redshift.use(504);
  redshift.close(505);
  redshift.before('termination', 1, () => Object.assign(redshift.backends.get(502) ?? {}, { running: true }));
  return world;
}
