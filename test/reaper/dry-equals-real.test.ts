import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../src/lifecycle/backend-record.ts';
import { isHeld } from '../../src/lifecycle/client-record.ts';
import { clientId, clientOf } from '../../src/policy/client.ts';
import { hashText } from '../../src/policy/hash-text.ts';
import type { Plan } from '../../src/policy/plan.ts';
import { type HashName, hashNames } from '../../src/replay/hash-names.ts';
import { inHashedNames } from '../../src/replay/in-hashed-names.ts';
import { policyOf } from '../../src/replay/policy.ts';
import { replayPolicy } from '../../src/replay/replay-policy.ts';
import { betweenRuns, type EventfulWorld, eventfulWorld, SNOOZES_A_DAY } from '../support/eventful-world.ts';
import { expectConsistent } from '../support/expect-consistent.ts';
import { type Execution, reap, runReapMachine } from '../support/reap-machine.ts';
import { TARGET } from '../support/reaper-world.ts';

const stories = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: betweenRuns },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        { what: 'a dry run, then a real one', act: compare },
        { what: 'an approved plan', act: applyPlan },
      ),
    },
  ),
  { minLength: 20, maxLength: 60, size: 'max' },
);

/** All that anybody but a reader of runs and plans can see. */
async function traces({ table, redshift, owners, operators, events }: EventfulWorld, days: readonly string[]) {
  const { items } = await table.listBackends({ target: TARGET, limit: 1000 });
  const names = [...new Set(items.flatMap(({ owner, receipt }) => [owner, receipt?.owner ?? null]))].filter(
    (owner) => owner !== null,
  );
  return {
    backends: items,
    alive: [...redshift.backends.keys()].filter((pid) => pid < 1000).sort(),
    clients: await table.listClients(TARGET),
    mail: await Promise.all(names.map((owner) => table.readOwnerMail({ target: TARGET, owner }))),
    snoozes: await Promise.all(days.flatMap((day) => names.map((owner) => table.readSnoozeCount({ owner, day })))),
    sent: [owners.messages.length, operators.messages.length, events.events.filter(isOfBackend).length],
  };
}

const isOfBackend = ({ type }: { type: string }) => !type.startsWith('Run ');

/** The plan of a run that went well. */
async function planOf(world: EventfulWorld, { output, failure }: Execution) {
  expect(failure).toBeNull();
  const runId = (output as { run: { id: string } }).run.id;
  const plan = await world.table.readPlan({ target: TARGET, runId });
  expect(plan).not.toBeNull();
  return { runId, plan };
}

const hash: HashName = (kind, name) => (name === '' ? '' : `h-${hashText(`${kind}/${name}`).slice(0, 12)}`);

/** What a recorded run left, replayed, comes to its plan; with hashed names, to the same deeds. */
async function expectReplay(world: EventfulWorld, { runId, plan }: Awaited<ReturnType<typeof planOf>>): Promise<void> {
  const recording = await world.table.readRecording({ target: TARGET, runId });
  const { config } = world.present();
  const target = config.targets[TARGET];
  if (recording === null || target === undefined) {
    throw new Error('Expected a recording of the target, found none.');
  }
  const policy = policyOf(target, config);
  expect(replayPolicy([{ recording, policy }]).steps).toMatchObject([{ asRecorded: true, plan: { hash: plan?.hash } }]);
  const hashed = hashNames(recording, policy, hash);
  const inHashes = inHashedNames(policy, hashed.names, 'this recording');
  const [step] = replayPolicy([{ recording: hashed.recording, policy: inHashes }]).steps;
  const deeds = (made: Plan | null | undefined) =>
    made?.members.map(({ identity, action, code }) => [identity.pid, action, code]);
  expect(deeds(step?.plan)).toEqual(deeds(plan));
  expect(step?.plan.kept).toEqual(plan?.kept);
}

/** A dry run leaves no trace, and the real run that follows comes to its very plan; so does a replay of that. */
async function compare(world: EventfulWorld): Promise<void> {
  const today = [world.clock.now().toISOString().slice(0, 10)];
  const before = await traces(world, today);
  const dry = await planOf(world, await reap(world.present(), true));
  expect(await traces(world, today)).toEqual(before);
  const real = await planOf(world, await runReapMachine(world.present(), { target: TARGET, record: true }));
  expect(real.plan).toEqual(dry.plan);
  await expectReplay(world, real);
}

/** A plan that is approved at once is carried out; one that has changed is refused, and nothing is done. */
async function applyPlan(world: EventfulWorld): Promise<void> {
  const { runId, plan } = await planOf(world, await reap(world.present(), true));
  const real = await runReapMachine(world.present(), {
    target: TARGET,
    apply: { hash: plan?.hash ?? '', runId },
  });
  expect((await planOf(world, real)).plan?.members).toEqual(plan?.members);
}

/** Holds each end against what its owner had been told, and by whom it was kept. */
function watchPromises({ redshift, table, clock }: EventfulWorld) {
  const broken: string[] = [];
  const checks: Promise<void>[] = [];
  redshift.onEnd(({ pid, user, startedAt }) => {
    const now = clock.now();
    const identity = { target: TARGET, pid, user, startedAt: startedAt.toISOString().replace('.000Z', 'Z') };
    const check = async () => {
      const [[record], clients] = await Promise.all([table.readBackends([identity]), table.listClients(TARGET)]);
      if (record === undefined || brokenPromise(record, now) !== null) {
        broken.push(`${pid}: ${record === undefined ? 'not on record' : brokenPromise(record, now)}`);
      }
      const client = record === undefined ? null : clientId(clientOf(record));
      if (clients.some((one) => one.id === client && isHeld(one, now) && Date.parse(one.since) < now.getTime())) {
        broken.push(`${pid}: its client was held`);
      }
    };
    checks.push(check());
  });
  return { broken, count: () => checks.length, settle: async () => void (await Promise.all(checks)) };
}

/** Which promise of this idle spell its end breaks. */
function brokenPromise({ events, lastActiveAt }: BackendRecord, now: Date): string | null {
  const from = events.findLastIndex(({ type }) => type === 'recovered');
  const spell = events.slice(from + 1);
  const announced = spell.findLast(({ type }) => type === 'warned')?.detail['endsAt'];
  const isLater = (moment: unknown) => typeof moment === 'string' && Date.parse(moment) > now.getTime();
  if (isLater(announced)) {
    return `told of its end at ${announced}, idle since ${lastActiveAt}`;
  }
  const snooze = spell.findLast(({ type }) => type === 'snoozed' || type === 'snooze-ended');
  if (isLater(snooze?.detail['until'])) {
    return `kept until ${snooze?.detail['until']}`;
  }
  const claim = spell.findLast(({ type }) => type === 'termination-claimed');
  return claim?.detail['graceSeconds'] !== null && typeof announced !== 'string' ? 'never told of an end' : null;
}

/** No owner has more snoozes on a day than the bound, and none that was not counted. */
async function expectBoundedSnoozes({ table }: EventfulWorld): Promise<number> {
  const { items } = await table.listBackends({ target: TARGET, limit: 1000 });
  const made = items.flatMap(({ events }) => events.filter(({ type }) => type === 'snoozed'));
  const names = [...new Set(items.flatMap(({ owner, receipt }) => [owner, receipt?.owner ?? null]))].filter(
    (owner) => owner !== null,
  );
  for (const day of new Set(made.map(({ at }) => at.slice(0, 10)))) {
    const counts = await Promise.all(names.map((owner) => table.readSnoozeCount({ owner, day })));
    const sum = counts.reduce((total, one) => total + (one?.count ?? 0), 0);
    expect(Math.max(...counts.map((one) => one?.count ?? 0))).toBeLessThanOrEqual(SNOOZES_A_DAY);
    expect(made.filter(({ at }) => at.startsWith(day)).length).toBeLessThanOrEqual(sum);
  }
  return made.length;
}

describe('over any history with tags, snoozes, held clients, bounded mail and policies that change', () => {
  it.each([
    ['redshift', 50],
    ['postgres', 40],
  ] as const)(
    'a dry run leaves no trace and comes to the real plan, and every promise is kept (%s)',
    async (engine, numRuns) => {
      const came = { ended: 0, snoozed: 0, thrashing: 0, deferred: 0, refused: 0 };
      await fc.assert(
        fc.asyncProperty(stories, async (story) => {
          const world = eventfulWorld(engine);
          const promises = watchPromises(world);
          for (const { act } of story) {
            await act(world);
          }
          await promises.settle();
          expect(promises.broken).toEqual([]);
          await expectConsistent(world);
          came.ended += promises.count();
          came.snoozed += await expectBoundedSnoozes(world);
          for (const { kept, notices } of (await world.table.listRuns({ target: TARGET, limit: 1000 })).items) {
            came.thrashing += kept['thrashing'] ?? 0;
            came.deferred += notices.deferred ?? 0;
            came.refused += notices.refused ?? 0;
          }
        }),
        { numRuns },
      );
      // The histories reach what they are to show.
      expect(Object.entries(came).filter(([, count]) => count < 5)).toEqual([]);
    },
    90_000,
  );
});
