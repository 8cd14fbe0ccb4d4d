import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crashingPorts } from '../support/crashing-ports.ts';
import { expectConsistent } from '../support/expect-consistent.ts';
import { reap } from '../support/reap-machine.ts';
import { createReaperWorld, type ReaperWorld, TARGET } from '../support/reaper-world.ts';
import { NOBODY } from '../support/recording-notice-channel.ts';
import { watchEnds } from '../support/watch-ends.ts';

const RATE = { messages: 2, per: 3600 };

interface Sent {
  readonly owner: string;
  readonly at: number;
}

interface Happening {
  readonly what: string;
  readonly act: (world: ReaperWorld) => unknown;
}

const pids = fc.integer({ min: 501, max: 508 });

/** Runs that end well, and runs that die or fail somewhere, among what people and clocks do. */
const happenings: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Happening>({ what: 'run', act: (world) => reap(world.ports) }) },
  {
    weight: 6,
    arbitrary: fc
      .record({
        call: fc.integer({ min: 10, max: 45 }),
        when: fc.constantFrom('before', 'after'),
        what: fc.constantFrom('process', 'call', 'step'),
      })
      .map(
        (plan): Happening => ({
          what: `run with a crash: ${JSON.stringify(plan)}`,
          act: async (world) => {
            await reap(crashingPorts(world.ports, plan).ports);
            // A dead process leaves its lock: the next run finds it expired.
            world.clock.advance(plan.what === 'process' ? world.config.runs.lockFor : 1);
          },
        }),
      ),
  },
  {
    weight: 5,
    arbitrary: fc
      .constantFrom(60, 600, 900, 1800)
      .map((seconds): Happening => ({ what: `${seconds} s pass`, act: ({ clock }) => clock.advance(seconds) })),
  },
  {
    weight: 5,
    arbitrary: fc
      .record({ pid: pids, idle: fc.constantFrom(0, 1800, 4000), user: fc.constantFrom('bi_reader', 'bi_x', 'etl') })
      .map(
        (sketch): Happening => ({
          what: `open ${JSON.stringify(sketch)}`,
          act: ({ redshift }) => (redshift.backends.has(sketch.pid) ? undefined : redshift.open(sketch)),
        }),
      ),
  },
  {
    weight: 2,
    arbitrary: pids.map((pid): Happening => ({ what: `use ${pid}`, act: ({ redshift }) => redshift.use(pid) })),
  },
  { weight: 1, arbitrary: fc.constant<Happening>({ what: 'refuse', act: ({ owners }) => owners.refuseNext() }) },
  {
    weight: 1,
    arbitrary: fc.boolean().map(
      (reached): Happening => ({
        what: reached ? 'somebody confirms' : 'everybody leaves',
        act: ({ owners }) => owners.reach(() => (reached ? { confirmed: 1, pending: 0, filtered: 0 } : NOBODY)),
      }),
    ),
  },
);

/** Notes every message that goes out, also where its answer is lost on the way. */
function watchMail({ owners, clock }: ReaperWorld): Sent[] {
  const sent: Sent[] = [];
  owners.onMessage(({ attributes }) => sent.push({ owner: attributes['owner'] ?? '', at: clock.now().getTime() }));
  return sent;
}

describe('over any history of runs and crashes', () => {
  it('nobody gets more messages than the rate says, and nobody is ended without a receipt of his own spell', async () => {
    let [ended, mails, adopted, deferred] = [0, 0, 0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(happenings, { minLength: 20, maxLength: 50, size: 'max' }), async (story) => {
        const world = createReaperWorld({ notices: { rate: RATE } });
        const ends = watchEnds(world);
        const sent = watchMail(world);
        for (const { act } of story) {
          await act(world);
        }
        await ends.settle();
        expect(ends.wrong).toEqual([]);
        await expectConsistent(world);
        for (const { owner, at } of sent) {
          const window = sent.filter((one) => one.owner === owner && one.at >= at && one.at < at + RATE.per * 1000);
          expect(window.length).toBeLessThanOrEqual(RATE.messages);
        }
        const ids = world.owners.messages.map((_, index) => `owner-message-${index + 1}`);
        for (const { receipt, endsAt } of (await world.table.listBackends({ target: TARGET })).items) {
          expect(receipt === null || ids.includes(receipt.messageId)).toBe(true);
          if (receipt !== null && endsAt !== null) {
            expect(Date.parse(endsAt)).toBeGreaterThanOrEqual(Date.parse(receipt.at) + 900_000);
          }
        }
        for (const { runId } of (await world.table.listRuns({ target: TARGET, limit: 100 })).items) {
          const notices = await world.table.listNotices({ target: TARGET, runId });
          adopted += notices.filter(({ takenOverFrom }) => takenOverFrom !== undefined).length;
          deferred += notices.filter(({ state }) => state === 'deferred').length;
        }
        ended += ends.count();
        mails += sent.length;
      }),
      { numRuns: 150 },
    );
    // The histories reach what they are to show.
    expect(Math.min(ended, mails, adopted, deferred)).toBeGreaterThan(3);
  }, 90_000);
});
