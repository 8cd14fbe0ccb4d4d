import { expect, it } from 'vitest';
import * as z from 'zod';
import { busyWorld } from '../support/busy-world.ts';
import { exampleTarget } from '../support/example-target.ts';
import { reap } from '../support/reap-machine.ts';
import { TARGET } from '../support/reaper-world.ts';
import { Random } from './engine/random.ts';
import { Scheduler } from './engine/scheduler.ts';
import { StateMachine } from './engine/state-machine.ts';
import { REAP_MACHINE } from './world/executions.ts';
import { REAPER_STEPS } from './world/reaper-steps.ts';

const invocation = z.object({ FunctionName: z.object({ 'Fn::GetAtt': z.array(z.string()) }), Payload: z.unknown() });

it('goes through the states of the reaper in the order in which the engine of the laptop does', async () => {
  const engine = await reap((await busyWorld()).ports);

  const world = await busyWorld();
  const scheduler = new Scheduler(new Random(1));
  const states: string[] = [];
  const machine = new StateMachine(
    scheduler,
    { Execution: { Id: 'arn:execution', Name: 'execution', StartTime: world.clock.now().toISOString() } },
    async (resource, input) => {
      if (resource.endsWith(':describeStatement')) {
        const { Id } = z.object({ Id: z.string() }).parse(input);
        return { Status: (await world.ports.warehouseOf(exampleTarget()).describe(Id)).status };
      }
      const { FunctionName, Payload } = invocation.parse(input);
      const result = await REAPER_STEPS[FunctionName['Fn::GetAtt'][0] ?? '']?.run(world.ports, Payload);
      return { Payload: JSON.parse(JSON.stringify(result ?? null)) };
    },
    (name) => states.push(name),
  );
  const execution = machine.run(REAP_MACHINE, { target: TARGET, dryRun: false });
  await scheduler.run(scheduler.now + 900_000);
  const ended = await execution;

  expect('error' in ended).toBe(false);
  expect(states).toEqual(engine.states);
  expect(states).toContain('PublishNotice');
  expect(states).toContain('WaitForSettling');
  expect((await world.lastRun()).outcomes).toMatchObject({ gone: 3, 'busy-again': 1 });
});
