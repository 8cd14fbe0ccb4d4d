import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../src/lifecycle/backend-record.ts';
import { beginHold } from '../../src/lifecycle/change-client-record.ts';
import type { ClientRecord } from '../../src/lifecycle/client-record.ts';
import { noteReconnection } from '../../src/lifecycle/note-reconnection.ts';
import { type Begun, findReconnections } from '../../src/policy/find-reconnections.ts';
import { findThrash, type ThrashInput } from '../../src/policy/find-thrash.ts';
import { warnedDashboard } from '../support/example-records.ts';

const T0 = Date.parse('2026-11-20T15:00:00.000Z');
const at = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();
const start = (seconds: number) => at(seconds).replace(/\.\d+Z$/, 'Z');

interface EndSketch {
  readonly pid: number;
  /** Seconds after 15:00 by Slotkeeper's clock. */
  readonly claimed: number;
  readonly seen: number;
  readonly started?: number;
  readonly run?: string;
  readonly user?: string;
  /** By how many seconds the server's clock is ahead. */
  readonly ahead?: number;
}

function ended({ pid, claimed, seen, started = -7200, run = `r${pid}`, user = 'bi', ahead = 0 }: EndSketch) {
  const by = `run:${run}`;
  return warnedDashboard({
    identity: { target: 'analytics', pid, startedAt: start(started + ahead), user },
    state: 'terminated',
    outcome: 'gone',
    version: 2,
    events: [
      { at: at(claimed), type: 'termination-claimed', by, detail: {} },
      { at: at(seen), type: 'terminated', by, detail: { outcome: 'gone', lookedAt: at(seen + ahead) } },
    ],
  });
}

function begun(pid: number, seconds: number, user = 'bi'): Begun {
  return { identity: { pid, startedAt: start(seconds), user }, application: 'Tableau', clientHost: '' };
}

const pairsOf = (ends: readonly BackendRecord[], living: readonly Begun[], within = 10) =>
  findReconnections(ends, living, within).map(({ ended: one, back }) => [one.identity.pid, back.pid]);

describe('a return', () => {
  it('is a new session of the same client from the claim until so many seconds after the end was seen', () => {
    const ends = [ended({ pid: 1, claimed: 0, seen: 3 })];
    expect(pairsOf(ends, [begun(11, 0)])).toEqual([[1, 11]]);
    expect(pairsOf(ends, [begun(11, 13)])).toEqual([[1, 11]]);
    expect(pairsOf(ends, [begun(11, 14)])).toEqual([]);
    expect(pairsOf(ends, [begun(11, -1)])).toEqual([]);
    expect(pairsOf(ends, [begun(11, 2, 'etl')])).toEqual([]);
    expect(pairsOf(ends, [{ ...begun(11, 2), application: 'psql' }])).toEqual([]);
    expect(pairsOf(ends, [{ ...begun(11, 2), clientHost: '10.0.0.8' }])).toEqual([]);
  });

  it('is found though the clocks disagree by minutes', () => {
    for (const ahead of [-300, 300]) {
      const ends = [ended({ pid: 1, claimed: 0, seen: 3, ahead })];
      expect(pairsOf(ends, [begun(11, 2 + ahead)])).toEqual([[1, 11]]);
      expect(pairsOf(ends, [begun(11, 14 + ahead), begun(12, -1 + ahead)])).toEqual([]);
    }
  });

  it('is none that began before the look by which the end was planned, however long the look after it took', () => {
    const one = ended({ pid: 1, claimed: 0, seen: 3 });
    const [claim, end] = one.events;
    if (claim === undefined || end === undefined) {
      throw new Error('Expected a claim and an end.');
    }
    const slow = { ...end, at: at(8) };
    const living = [begun(11, -3)];
    expect(pairsOf([{ ...one, events: [claim, slow] }], living)).toEqual([[1, 11]]);
    const planned = { ...claim, detail: { lookedAt: at(-2) } };
    expect(pairsOf([{ ...one, events: [planned, slow] }], living)).toEqual([]);
    expect(pairsOf([{ ...one, events: [planned, slow] }], [begun(11, -2)])).toEqual([[1, 11]]);
  });

  it('stands for one end only, and so that as many ends as possible have theirs', () => {
    const ends = [ended({ pid: 1, claimed: 0, seen: 3 }), ended({ pid: 2, claimed: 0, seen: 9 })];
    expect(pairsOf(ends, [begun(11, 12)])).toEqual([[1, 11]]);
    expect(pairsOf(ends, [begun(12, 15), begun(11, 12)])).toEqual([
      [1, 11],
      [2, 12],
    ]);
  });

  it('may have been ended itself since, but is none that the same run ended', () => {
    const chain = [ended({ pid: 1, claimed: 0, seen: 3 }), ended({ pid: 2, started: 5, claimed: 600, seen: 603 })];
    expect(pairsOf(chain, [begun(3, 605)])).toEqual([
      [1, 2],
      [2, 3],
    ]);
    const together = [
      ended({ pid: 1, claimed: 0.4, seen: 3, run: 'r' }),
      ended({ pid: 2, started: 0.2, claimed: 0.4, seen: 3, run: 'r' }),
    ];
    expect(pairsOf(together, [])).toEqual([]);
  });

  it('is none after an end that nobody saw, or that another run than the claiming one found done', () => {
    const one = ended({ pid: 1, claimed: 0, seen: 3 });
    expect(pairsOf([{ ...one, outcome: 'already-gone' }], [begun(11, 2)])).toEqual([]);
    const [claim, end] = one.events;
    const abandoned = { ...one, events: [claim, end === undefined ? end : { ...end, by: 'run:later' }] };
    expect(pairsOf([abandoned as BackendRecord], [begun(11, 2)])).toEqual([]);
  });
});

const stories: fc.Arbitrary<ThrashInput> = fc
  .record({
    ends: fc.uniqueArray(
      fc.record({
        pid: fc.integer({ min: 1, max: 12 }),
        claimed: fc.integer({ min: -5000, max: -20 }),
        took: fc.integer({ min: 0, max: 8 }),
        started: fc.integer({ min: -9000, max: -20 }),
        run: fc.constantFrom('a', 'b', 'c', 'd'),
        user: fc.constantFrom('bi', 'etl'),
      }),
      { selector: ({ pid }) => pid, maxLength: 12 },
    ),
    living: fc.uniqueArray(fc.tuple(fc.integer({ min: 100, max: 120 }), fc.integer({ min: -5000, max: 0 })), {
      selector: ([pid]) => pid,
      maxLength: 12,
    }),
    users: fc.constantFrom('bi', 'etl'),
    near: fc.boolean(),
    limits: fc.record({
      reconnects: fc.integer({ min: 2, max: 4 }),
      within: fc.constantFrom(1, 10, 600),
      window: fc.constantFrom(600, 3600, 86_400),
      holdFor: fc.constantFrom(60, 86_400),
    }),
  })
  .map(({ ends, living, users, near, limits }) => ({
    ends: ends.map(({ took, ...end }) => ended({ ...end, seen: end.claimed + took })),
    living: living.map(([pid, seconds], index) => {
      const end = ends[index % Math.max(1, ends.length)];
      return near && end !== undefined ? begun(pid, end.claimed + end.took + 1, end.user) : begun(pid, seconds, users);
    }),
    clients: [],
    limits,
    now: new Date(T0),
  }));

/** The table after a real run has recorded what was found. */
function recorded(input: ThrashInput): ThrashInput {
  const { reconnections, fresh } = findThrash(input);
  const by = 'run:real';
  const backs = new Map(reconnections.map(({ ended: one, back }) => [one, back]));
  const ends = input.ends.map((end) => {
    const back = backs.get(end);
    return back === undefined ? end : noteReconnection(end, { ...back, at: input.now.toISOString(), by });
  });
  const clients = fresh.map(
    (hold): ClientRecord =>
      beginHold(null, { target: 'analytics', hold, runId: 'real', at: input.now.toISOString(), by }),
  );
  return { ...input, ends, clients };
}

describe('whoever thrashes', () => {
  it('is the same before and after it is on record, so that a dry run plans as the real one does', () => {
    let held = 0;
    fc.assert(
      fc.property(stories, (input) => {
        const before = findThrash(input);
        const after = findThrash(recorded(input));
        expect(after.holds).toEqual(before.holds);
        expect(after.reconnections).toEqual([]);
        expect(after.fresh).toEqual([]);
        held += before.holds.size;
      }),
      { numRuns: 1000 },
    );
    expect(held).toBeGreaterThan(50);
  });

  it('does not depend on the order of rows, and no session or end is counted twice', () => {
    fc.assert(
      fc.property(stories, (input) => {
        const { reconnections, holds } = findThrash(input);
        const turned = findThrash({ ...input, ends: input.ends.toReversed(), living: input.living.toReversed() });
        expect(turned.holds).toEqual(holds);
        expect(new Set(turned.reconnections.map((r) => JSON.stringify(r)))).toEqual(
          new Set(reconnections.map((r) => JSON.stringify(r))),
        );
        const back = reconnections.map(({ back: one }) => JSON.stringify([one.pid, one.startedAt]));
        expect(new Set(back).size).toBe(back.length);
        expect(new Set(reconnections.map(({ ended: one }) => one)).size).toBe(reconnections.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('is held from the given number of returns on, and with a higher one never more clients are', () => {
    fc.assert(
      fc.property(stories, (input) => {
        const { holds } = findThrash(input);
        const limits = { ...input.limits, reconnects: input.limits.reconnects + 1 };
        const fewer = findThrash({ ...input, limits }).holds;
        expect([...fewer.keys()].every((id) => holds.has(id))).toBe(true);
        for (const { reconnects } of holds.values()) {
          expect(reconnects).toBeGreaterThanOrEqual(input.limits.reconnects);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
