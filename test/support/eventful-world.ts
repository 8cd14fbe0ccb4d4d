import fc from 'fast-check';
import type { SlotkeeperConfig } from '../../src/config/slotkeeper-config.ts';
import { releaseClient } from '../../src/lifecycle/change-client-record.ts';
import type { Rule } from '../../src/policy/rule.ts';
import { SnoozeRefused } from '../../src/reaper/errors/snooze-refused.ts';
import type { ReaperPorts } from '../../src/reaper/reaper-ports.ts';
import { createSnoozeSession } from '../../src/reaper/snooze/snooze-session.ts';
import { createTakeBackSnooze } from '../../src/reaper/snooze/take-back-snooze.ts';
import { crashingPorts } from './crashing-ports.ts';
import { reap } from './reap-machine.ts';
import { createReaperWorld, EVERYONE, type ReaperWorld, TARGET, UNWARNED } from './reaper-world.ts';
import { NOBODY } from './recording-notice-channel.ts';
import type { BackendSketch } from './simulated-backend.ts';

/** A world in which all that spares a session can meet: tags, snoozes, holds, bounds on mail, owners whom nobody reaches. */
export interface EventfulWorld extends ReaperWorld {
  /** Ports with the policy of the moment; runs take these. */
  present(): ReaperWorld['ports'];
  /** Another policy from the next run on, by its number. */
  change(policy: number): void;
  /** Opens a session, unless its pid is taken; no two begin in the same second. */
  connect(sketch: BackendSketch): void;
}

export interface Happening {
  readonly what: string;
  readonly act: (world: EventfulWorld) => unknown;
}

const STRICT = { ...EVERYONE, warnAfter: 600, terminateAfter: 1200, grace: 300 };

/** Some of them stricter, some milder; some ends depend on free slots, some need no warning, some never come. */
export const POLICIES: readonly (readonly Rule[])[] = [
  [UNWARNED, EVERYONE],
  [UNWARNED, STRICT],
  [UNWARNED, { ...EVERYONE, terminateAfter: null }],
  [{ ...STRICT, name: 'unasked', notice: 'none', warnAfter: null }],
  [UNWARNED, { ...EVERYONE, whenFreeSlotsBelow: { warnAfter: 600, terminateAfter: 1200, grace: 300 } }],
];

export const SNOOZES_A_DAY = 3;

/** @param mails most to one owner within 40 minutes */
export function eventfulWorld(engine: 'redshift' | 'postgres' = 'redshift', mails = 1): EventfulWorld {
  const world = createReaperWorld({
    engine,
    snooze: { max: 7200, perOwnerPerDay: SNOOZES_A_DAY },
    notices: { rate: { messages: mails, per: 2400 }, ownerTag: ['*@example.com'] },
    target: {
      slots: { limit: 10, keepFree: 4, reserved: 0 },
      thrash: { reconnects: 2, within: 10, window: 7200, holdFor: 3600 },
    },
  });
  const { redshift, owners } = world;
  owners.reach(({ attributes }) =>
    attributes['owner'] === 'nobody@example.com' ? NOBODY : { confirmed: 1, pending: 0, filtered: 0 },
  );
  let pid = 700;
  let opened = 0;
  redshift.onEnd(({ user, application }) => {
    if (application === 'pool') {
      pid += 1;
      redshift.open({ pid, user, application, idle: 0, age: 0 });
    }
  });
  let config: SlotkeeperConfig = world.config;
  return {
    ...world,
    connect(sketch) {
      if (!redshift.backends.has(sketch.pid)) {
        opened += 1;
        redshift.open({ ...sketch, age: 7200 + opened });
      }
    },
    present: () => ({ ...world.ports, config }),
    change(policy) {
      const target = world.config.targets[TARGET];
      const rules = POLICIES[policy];
      if (target === undefined || rules === undefined) {
        throw new Error(`Expected a policy of that number, got ${policy}.`);
      }
      config = { ...world.config, targets: { [TARGET]: { ...target, rules } } };
    },
  };
}

const pids = fc.integer({ min: 501, max: 508 });

/** What runs, people and clocks do; runs themselves are the test's. */
export const betweenRuns: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .constantFrom(60, 300, 900, 1800, 3600, 43_200)
      .map((seconds): Happening => ({ what: `${seconds} s pass`, act: ({ clock }) => clock.advance(seconds) })),
  },
  {
    weight: 7,
    arbitrary: fc
      .record({
        pid: pids,
        idle: fc.constantFrom(0, 1800, 4000),
        user: fc.constantFrom('bi_a', 'bi_a', 'etl', 'scratch_1'),
        application: fc.constantFrom(
          'Tableau',
          'pool',
          'nightly keep=1h',
          'keep=2h owner=bi-team@example.com',
          'psql owner=nobody@example.com',
        ),
        outlives: fc.constantFrom(0, 0, 0, 4),
      })
      .map(
        (sketch): Happening => ({
          what: `open ${JSON.stringify(sketch)}`,
          act: (world) => world.connect(sketch),
        }),
      ),
  },
  {
    weight: 2,
    arbitrary: fc.constant<Happening>({
      what: 'open a pool that comes back at once',
      act: (world) => {
        for (const pid of [601, 602, 603]) {
          world.connect({ pid, idle: 4000, user: 'scratch_1', application: 'pool' });
        }
      },
    }),
  },
  { weight: 2, arbitrary: pids.map((pid): Happening => ({ what: `use ${pid}`, act: (one) => one.redshift.use(pid) })) },
  {
    weight: 1,
    arbitrary: pids.map((pid): Happening => ({ what: `close ${pid}`, act: (one) => one.redshift.close(pid) })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(pids, fc.constantFrom(600, 3600, 7200))
      .map(([pid, seconds]): Happening => ({ what: `snooze ${pid} for ${seconds} s`, act: snoozes(pid, seconds) })),
  },
  { weight: 1, arbitrary: pids.map((pid): Happening => ({ what: `take back ${pid}`, act: takesBack(pid) })) },
  { weight: 1, arbitrary: fc.constant<Happening>({ what: 'release the clients', act: releaseAll }) },
  {
    weight: 2,
    arbitrary: fc
      .nat(POLICIES.length - 1)
      .map((policy): Happening => ({ what: `policy ${policy}`, act: (world) => world.change(policy) })),
  },
  { weight: 1, arbitrary: fc.constant<Happening>({ what: 'refuse', act: ({ owners }) => owners.refuseNext() }) },
  {
    weight: 3,
    arbitrary: fc
      .record({
        call: fc.integer({ min: 5, max: 70 }),
        when: fc.constantFrom('before', 'after'),
        what: fc.constantFrom('process', 'call', 'step'),
      })
      .map(
        (plan): Happening => ({
          what: `run with a crash: ${JSON.stringify(plan)}`,
          act: async (world) => {
            await reap(crashingPorts<ReaperPorts>(world.present(), plan).ports);
            // A dead process leaves its lock: the next run finds it expired.
            world.clock.advance(plan.what === 'process' ? world.config.runs.lockFor : 1);
          },
        }),
      ),
  },
);

function snoozes(pid: number, seconds: number): Happening['act'] {
  return async (world) => {
    const record = await world.recordOf(pid);
    if (record !== undefined) {
      const by = (owner: string) => `link:${owner}`;
      await unlessRefused(
        createSnoozeSession(world.ports)({ identity: record.identity, idleSince: null, seconds, by }),
      );
    }
  };
}

function takesBack(pid: number): Happening['act'] {
  return async (world) => {
    const record = await world.recordOf(pid);
    if (record !== undefined) {
      await unlessRefused(createTakeBackSnooze(world.ports)({ identity: record.identity, by: 'cli:ann' }));
    }
  };
}

async function unlessRefused(asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    if (!(error instanceof SnoozeRefused)) {
      throw error;
    }
  }
}

async function releaseAll({ table, clock }: EventfulWorld): Promise<void> {
  for (const client of await table.listClients(TARGET)) {
    if (client.released === null) {
      await table.saveClient(releaseClient(client, { at: clock.now().toISOString(), by: 'cli:ann' }));
    }
  }
}
