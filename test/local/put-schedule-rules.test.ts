import { expect, it } from 'vitest';
import { cloudNames } from '../../local/cloud-names.ts';
import { EventBus } from '../../local/event-bridge/event-bus.ts';
import { putScheduleRules } from '../../local/put-schedule-rules.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';
import { exampleTarget } from '../support/example-target.ts';

it('starts what is on a schedule, leaves out what is run by hand, and keeps off what slotkeeper.yml keeps off', async () => {
  const clock = new VirtualClock();
  const started: unknown[] = [];
  const bus = new EventBus({
    clock,
    deliver: async (_, payload) => void started.push(JSON.parse(payload)),
    onDeliveryFailure: (_, __, error) => void started.push(error),
  });
  const target = exampleTarget();
  const schedule = 'rate(1 minute)';
  const targets = [
    { ...target, name: 'on', schedule },
    { ...target, name: 'off', schedule, enabled: false },
    { ...target, name: 'by-hand' },
  ];
  putScheduleRules(bus, cloudNames('local'), targets, true);
  expect(bus.rules.all.map(({ name, state }) => [name, state])).toEqual([
    ['slotkeeper-local-on-schedule', 'ENABLED'],
    ['slotkeeper-local-off-schedule', 'DISABLED'],
  ]);
  await clock.advance(61_000);
  bus.stop();
  expect(started).toEqual([{ target: 'on', dryRun: false }]);
});
