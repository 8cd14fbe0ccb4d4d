import { createSnoozeSession } from '../../../src/reaper/snooze/snooze-session.ts';
import { PORT_ERRORS } from './port-errors.ts';
import type { World } from './world.ts';

/** Owners who keep what they were warned about, now and then, also at the moment in which a run means to end it. */
export function letOwnersAct(world: World, until: number): void {
  const { scheduler, tables, layer, config } = world;
  const { random } = scheduler;
  const act = () => {
    if (scheduler.now >= until) {
      return;
    }
    const warned = [...tables.backends.values()].filter(({ state }) => state === 'warned' || state === 'snoozed');
    if (warned.length > 0) {
      const { identity, lastActiveAt } = random.pick(warned);
      const process = world.process('owner');
      const snooze = createSnoozeSession({
        config,
        table: layer.between(process, tables.table, 'table', PORT_ERRORS.table),
        events: null,
        now: process.now,
      });
      const idleSince = random.chance(0.5) ? lastActiveAt : null;
      // Most refusals are as they should be; what must hold is looked after elsewhere.
      snooze({ identity, idleSince, seconds: random.between(60, 3_600), by: (owner) => `link:${owner}` }).catch(
        () => undefined,
      );
    }
    scheduler.after(random.between(30_000, 600_000), '', act);
  };
  scheduler.after(300_000, '', act);
}
