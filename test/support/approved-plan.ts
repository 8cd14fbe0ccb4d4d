import type { Plan } from '../../src/policy/plan.ts';
import { type Execution, reap, runReapMachine } from './reap-machine.ts';
import { createReaperWorld, EVERYONE, type ReaperWorld, TARGET } from './reaper-world.ts';

/** A dry run, and the plan that it stored. */
export async function approve(world: ReaperWorld): Promise<{ plan: Plan; runId: string }> {
  await reap(world.ports, true);
  const { runId } = await world.lastRun();
  const plan = await world.table.readPlan({ target: TARGET, runId });
  if (plan === null) {
    throw new Error('Expected the dry run to store a plan, found none.');
  }
  return { plan, runId };
}

export async function apply(world: ReaperWorld, { plan, runId }: { plan: Plan; runId: string }): Promise<Execution> {
  return await runReapMachine(world.ports, { target: TARGET, apply: { hash: plan.hash, runId } });
}

/** One to be warned (501), one that was warned and is due (502), one that is ended unasked (503), one kept (504). */
export async function preparedWorld(options: Parameters<typeof createReaperWorld>[0] = {}): Promise<ReaperWorld> {
  const world = createReaperWorld(options);
  world.redshift.open({ pid: 502, idle: 3000 });
  await reap(world.ports);
  world.clock.advance(1000);
  world.redshift.open({ pid: 501, idle: 2000 }, { pid: 503, idle: 4000, user: 'scratch_1' }, { pid: 504, idle: 60 });
  return world;
}

/** The same configuration, but nobody is due to be ended. */
export const WITHOUT_ENDS = createReaperWorld({ rules: [{ ...EVERYONE, terminateAfter: 86_400 }] }).config;

/** All that a run can do to the world. */
export async function effects(world: ReaperWorld) {
  return {
    alive: [...world.redshift.backends.keys()].sort(),
    told: world.owners.messages.length,
    records: (await world.table.listBackends({ target: TARGET })).items,
  };
}
