import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectConsistent } from '../support/expect-consistent.ts';
import { type GeneratedPolicy, policies, worldOf } from '../support/generated-policies.ts';
import { reap } from '../support/reap-machine.ts';
import { createReaperWorld, type ReaperWorld, TARGET } from '../support/reaper-world.ts';
import { watchEnds } from '../support/watch-ends.ts';

interface Happening {
  readonly what: string;
  readonly act: (world: ReaperWorld) => void | Promise<void>;
}

const pids = fc.integer({ min: 501, max: 506 });

const happenings: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.constant<Happening>({ what: 'run', act: async (world) => void (await reap(world.ports)) }),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Happening>({ what: 'dry run', act: async (world) => void (await reap(world.ports, true)) }),
  },
  {
    weight: 8,
    arbitrary: fc
      .constantFrom(60, 899, 900, 1800, 3600)
      .map((seconds): Happening => ({ what: `${seconds} s pass`, act: ({ clock }) => clock.advance(seconds) })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        pid: pids,
        idle: fc.constantFrom(0, 1799, 1800, 4000),
        user: fc.constantFrom('bi_reader', 'bi_reader', 'etl', 'scratch_1'),
        running: fc.constantFrom(false, false, false, true),
        denied: fc.constantFrom(false, false, false, true),
        outlives: fc.constantFrom(0, 0, 1, 5),
      })
      .map(
        (sketch): Happening => ({
          what: `open ${JSON.stringify(sketch)}`,
          // A pid is free again only when its backend has gone.
          act: ({ redshift }) => (redshift.backends.has(sketch.pid) ? undefined : redshift.open(sketch)),
        }),
      ),
  },
  {
    weight: 2,
    arbitrary: pids.map((pid): Happening => ({ what: `use ${pid}`, act: ({ redshift }) => redshift.use(pid) })),
  },
  {
    weight: 1,
    arbitrary: pids.map((pid): Happening => ({ what: `close ${pid}`, act: ({ redshift }) => redshift.close(pid) })),
  },
  {
    weight: 1,
    arbitrary: pids.map(
      (pid): Happening => ({
        what: `${pid} starts or stops running`,
        act: ({ redshift }) => {
          const backend = redshift.backends.get(pid);
          if (backend !== undefined) {
            backend.running = !backend.running;
            redshift.use(pid);
          }
        },
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Happening>({ what: 'refuse', act: ({ owners }) => owners.refuseNext() }),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Happening>({
      what: 'the Data API sessions end',
      act: ({ redshift }) => redshift.endDataApiSessions(),
    }),
  },
);

/** A world by a policy, with some idle sessions whose owners have been told, if they were to be. */
async function warnedWorld(policy: GeneratedPolicy, world = worldOf(policy)): Promise<ReaperWorld> {
  const users = ['bi_reader', 'bi_reader', 'etl', 'scratch_1'];
  world.redshift.open(...users.map((user, index) => ({ pid: 501 + index, idle: 1800, user })));
  await reap(world.ports);
  world.clock.advance(900);
  return world;
}

/** What happens between the policy's first run and its last. */
const stories = fc.array(happenings, { minLength: 1, maxLength: 30, size: 'max' });

const runOf = (output: unknown) => (output as { run: { id: string; planHash: string } }).run;

async function planOf({ table }: ReaperWorld, output: unknown) {
  return await table.readPlan({ target: TARGET, runId: runOf(output).id });
}

/** When the owners' messages were really sent, in their order. */
function watchMessages({ owners, clock }: ReaperWorld): readonly string[] {
  const times: string[] = [];
  owners.onMessage(() => times.push(clock.now().toISOString()));
  return times;
}

/** Every receipt stands for a message that was really sent, then. */
async function expectHonestReceipts({ table }: ReaperWorld, times: readonly string[]): Promise<void> {
  const { items } = await table.listBackends({ target: TARGET });
  const sent = new Map(times.map((at, index) => [`owner-message-${index + 1}`, at]));
  for (const { receipt } of items) {
    if (receipt !== null) {
      expect(sent.get(receipt.messageId)).toBe(receipt.at);
    }
  }
}

describe('whatever happens between the runs', () => {
  it.each([
    ['redshift', 80],
    ['postgres', 40],
  ] as const)(
    'nobody is ended without a claim and an old receipt, and nobody who is in use (%s)',
    async (engine, numRuns) => {
      let ended = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(happenings, { minLength: 20, maxLength: 60, size: 'max' }), async (story) => {
          const world = createReaperWorld({ engine });
          const times = watchMessages(world);
          const ends = watchEnds(world);
          for (const { act } of story) {
            await act(world);
          }
          await ends.settle();
          ended += ends.count();
          expect(ends.wrong).toEqual([]);
          await expectConsistent(world);
          await expectHonestReceipts(world, times);
          const runs = (await world.table.listRuns({ target: TARGET })).items;
          expect(runs.filter((run) => run.state !== 'succeeded')).toEqual([]);
        }),
        { numRuns },
      );
      expect(ended).toBeGreaterThan(numRuns / 4);
    },
  );

  it('nobody is ended without a receipt as old as the grace, whatever the policy', async () => {
    let announced = 0;
    await fc.assert(
      fc.asyncProperty(policies, stories, async (policy, story) => {
        const world = worldOf(policy);
        const times = watchMessages(world);
        await warnedWorld(policy, world);
        const ends = watchEnds(world);
        for (const { act } of story) {
          await act(world);
        }
        await ends.settle();
        expect(ends.wrong).toEqual([]);
        await expectConsistent(world);
        await expectHonestReceipts(world, times);
        announced += policy.rules.some(({ notice }) => notice === 'none') ? 0 : ends.count();
      }),
      { numRuns: 80 },
    );
    expect(announced).toBeGreaterThan(5);
  });

  it('a plan past a cap ends nobody and tells nobody, one within it is carried out whole, none is trimmed', async () => {
    const caps = fc.record({ maxTerminations: fc.integer({ min: 0, max: 4 }), maxShare: fc.constantFrom(0.2, 0.6, 1) });
    const came = { refused: 0, within: 0 };
    await fc.assert(
      fc.asyncProperty(policies, caps, fc.array(happenings, { maxLength: 5 }), async (policy, bounds, story) => {
        const world = await warnedWorld(policy);
        for (const { act } of story) {
          await act(world);
        }
        world.clock.advance(1800);
        const dry = await reap(world.ports, true);
        const uncapped = await planOf(world, dry.output);
        const before = { alive: world.redshift.backends.size, told: world.owners.messages.length };
        const { failure, states } = await reap({ ...world.ports, config: worldOf(policy, bounds).config });
        const run = await world.lastRun();
        const plan = await world.table.readPlan({ target: TARGET, runId: run.runId });
        expect(plan?.members).toEqual(uncapped?.members);
        const { terminate = 0, backends = 0 } = plan?.counts ?? {};
        if (terminate > bounds.maxTerminations || terminate > bounds.maxShare * backends) {
          came.refused += 1;
          expect(failure?.error).toBe('CapExceeded');
          expect(states).not.toContain('SubmitTermination');
          expect({ alive: world.redshift.backends.size, told: world.owners.messages.length }).toEqual(before);
        } else {
          came.within += terminate > 0 ? 1 : 0;
          expect(failure).toBeNull();
          const tried = [...Object.values(run.outcomes), ...Object.values(run.unclaimed)];
          expect(tried.reduce((sum, count) => sum + count, 0)).toBe(terminate);
        }
      }),
      { numRuns: 150 },
    );
    expect(came.refused).toBeGreaterThan(2);
    expect(came.within).toBeGreaterThan(2);
  });

  it.each([
    ['redshift', 60],
    ['postgres', 30],
  ] as const)(
    'a dry run and a real run of the same look come to the same plan, whatever the policy (%s)',
    async (engine, numRuns) => {
      await fc.assert(
        fc.asyncProperty(policies, stories, async (policy, story) => {
          const world = await warnedWorld(policy, worldOf(policy, undefined, engine));
          for (const { act } of story) {
            await act(world);
          }
          const dry = await reap(world.ports, true);
          const real = await reap(world.ports);
          expect(runOf(real.output).planHash).toBe(runOf(dry.output).planHash);
          expect(await planOf(world, real.output)).toEqual(await planOf(world, dry.output));
        }),
        { numRuns },
      );
    },
  );
});
