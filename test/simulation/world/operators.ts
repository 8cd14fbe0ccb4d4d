import type { Executions } from './executions.ts';
import type { World } from './world.ts';

/** Operators who have a plan made in a dry run, and apply it: at once, after a while, or when it is too old. */
export function letOperatorsAct(world: World, executions: Executions, until: number): void {
  const { scheduler, tables, layer } = world;
  const { random } = scheduler;

  const planAndApply = async () => {
    const { runId } = await executions.start({ dryRun: true });
    const plan = tables.plans.get(runId);
    await scheduler.sleep(random.pick([random.between(1_000, 50_000), random.between(50_000, 200_000), 1_000_000]));
    if (plan !== undefined && scheduler.now < until) {
      layer.count('plan-applied');
      await executions.start({ apply: { hash: plan.hash, runId } });
    }
  };

  const act = () => {
    if (scheduler.now < until) {
      void planAndApply();
      scheduler.after(random.between(400_000, 1_500_000), '', act);
    }
  };
  scheduler.after(random.between(400_000, 1_500_000), '', act);
}
