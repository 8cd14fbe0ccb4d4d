import type { World } from './world.ts';

/** What befalls the server: restarts, sessions of the Data API that close early, and times in which only few can be seen. */
export function letTroubleIn(world: World, until: number): void {
  const { scheduler, cluster, api, layer, scenario } = world;
  const { random } = scheduler;
  const { restart, earlyClose, blindness } = scenario.server;
  if (restart) {
    scheduler.after(random.between(600_000, until - scheduler.now), '', () => {
      layer.count('server-restart');
      cluster.restart();
    });
  }
  const happen = () => {
    if (scheduler.now >= until) {
      return;
    }
    const open = [...api.sessions.values()].filter(({ backend }) => backend.alive);
    if (open.length > 0 && random.chance(earlyClose)) {
      layer.count('session-closed-early');
      cluster.end(random.pick(open).backend, 'killed');
    }
    if (random.chance(blindness)) {
      layer.count('blind-view');
      cluster.seesEveryone = false;
      scheduler.after(random.between(1_000, 120_000), '', () => {
        cluster.seesEveryone = true;
      });
    }
    scheduler.after(random.between(10_000, 60_000), '', happen);
  };
  scheduler.after(20_000, '', happen);
}
