import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectConsistent } from '../support/expect-consistent.ts';
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

/** Every receipt stands for a message that was really sent. */
async function expectHonestReceipts({ table, owners }: ReaperWorld): Promise<void> {
  const { items } = await table.listBackends({ target: TARGET });
  const sent = owners.messages.map((_, index) => `owner-message-${index + 1}`);
  for (const { receipt } of items) {
    if (receipt !== null) {
      expect(sent).toContain(receipt.messageId);
    }
  }
}

describe('whatever happens between the runs', () => {
  it('nobody is ended without a claim and a receipt as old as the grace, and nobody who is in use', async () => {
    let ended = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(happenings, { minLength: 20, maxLength: 60, size: 'max' }), async (story) => {
        const world = createReaperWorld();
        const ends = watchEnds(world);
        for (const { act } of story) {
          await act(world);
        }
        await ends.settle();
        ended += ends.count();
        expect(ends.wrong).toEqual([]);
        await expectConsistent(world);
        await expectHonestReceipts(world);
        const runs = (await world.table.listRuns({ target: TARGET })).items;
        expect(runs.filter((run) => run.state !== 'succeeded')).toEqual([]);
      }),
      { numRuns: 80 },
    );
    expect(ended).toBeGreaterThan(20);
  });

  it('a dry run and a real run of the same look come to the same plan', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happenings, { minLength: 5, maxLength: 25, size: 'max' }), async (story) => {
        const world = createReaperWorld();
        for (const { act } of story) {
          await act(world);
        }
        const dry = await reap(world.ports, true);
        const real = await reap(world.ports);
        const runOf = (output: unknown) => (output as { run: { id: string; planHash: string } }).run;
        expect(runOf(real.output).planHash).toBe(runOf(dry.output).planHash);
        const planOf = (output: unknown) => world.table.readPlan({ target: TARGET, runId: runOf(output).id });
        expect(await planOf(real.output)).toEqual(await planOf(dry.output));
      }),
      { numRuns: 40 },
    );
  });
});
