import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepLedger } from '../../src/leaks/keep-ledger.ts';
import { tellRunTrend } from '../../src/leaks/tell-run-trend.ts';
import type { BackendRecord } from '../../src/lifecycle/backend-record.ts';
import type { LifecycleEvent } from '../../src/lifecycle/lifecycle-event.ts';
import { backendNumber } from '../support/example-records.ts';
import { reap } from '../support/reap-machine.ts';
import { TARGET } from '../support/reaper-world.ts';
import { reapAfter, thrashingWorld } from '../support/thrashing-world.ts';

const PERIOD = { since: '2026-11-20T00:00:00.000Z', until: '2026-11-21T00:00:00.000Z' };

function event(type: LifecycleEvent['type'], hour: number, outcome?: string): LifecycleEvent {
  const at = new Date(Date.parse(PERIOD.since) + hour * 3_600_000).toISOString();
  return { at, type, by: 'run:r', detail: outcome === undefined ? {} : { outcome } };
}

const ledgerOf = (...lives: readonly LifecycleEvent[][]) =>
  keepLedger(
    lives.map((events, n): BackendRecord => ({ ...backendNumber(n), events })),
    PERIOD,
  );

describe('the ledger', () => {
  it('follows each warned spell to what became of it', () => {
    const { warnings, snoozes, outcomes } = ledgerOf(
      [event('warned', 1), event('recovered', 2), event('warned', 3), event('gone', 4)],
      [event('warned', 1), event('snoozed', 2), event('snoozed', 3)],
      [event('warned', 1), event('snoozed', 2), event('warned', 5), event('termination-claimed', 6)],
      [event('warned', 1), event('termination-claimed', 2), event('termination-failed', 3, 'denied')],
      [event('warned', 1), event('termination-claimed', 2), event('terminated', 3, 'already-gone')],
      [event('warned', 1), event('termination-claimed', 2), event('recovered', 3, 'busy-again')],
    );
    expect(warnings).toEqual({ spells: 7, recovered: 2, left: 2, ended: 0, failed: 1, snoozed: 1, waiting: 1 });
    expect(snoozes).toBe(3);
    expect(outcomes).toEqual({ gone: 0, 'already-gone': 1, 'busy-again': 1, denied: 1, 'still-there': 0 });
  });

  it('counts what lies in the period: spells by their first warning, ends by when they were seen', () => {
    const ledger = ledgerOf(
      [event('warned', -2), event('termination-claimed', 1), event('terminated', 1, 'gone')],
      [event('warned', 23), event('termination-claimed', 25), event('terminated', 25, 'gone')],
      [event('warned', -3), event('recovered', -2)],
    );
    expect(ledger).toMatchObject({
      backends: 2,
      warnings: { spells: 1, waiting: 1 },
      outcomes: { gone: 1 },
      announced: 1,
      freedSeconds: 23 * 3600,
    });
  });

  it('frees no slot by an end after which the client was back', () => {
    const ledger = ledgerOf(
      [event('termination-claimed', 12), event('terminated', 12, 'gone'), event('reconnected', 13)],
      [event('termination-claimed', 12), event('terminated', 12, 'gone')],
    );
    expect(ledger).toMatchObject({ unannounced: 2, reconnected: 1, falseKills: 0.5, freedSeconds: 12 * 3600 });
    expect(ledger.warningsWorked).toBeNull();
  });

  it('adds up for whatever history', () => {
    const types = [
      'warned',
      'recovered',
      'snoozed',
      'termination-claimed',
      'terminated',
      'gone',
      'reconnected',
    ] as const;
    const lives = fc.array(
      fc.array(fc.tuple(fc.constantFrom(...types), fc.integer({ min: -10, max: 40 })), { maxLength: 8 }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(lives, (sketches) => {
        const ledger = ledgerOf(
          ...sketches.map((life) =>
            life
              .toSorted(([, a], [, b]) => a - b)
              .map(([type, hour]) => event(type, hour, type === 'terminated' ? 'gone' : undefined)),
          ),
        );
        const { spells, ...fates } = ledger.warnings;
        expect(Object.values(fates).reduce((sum, one) => sum + one, 0)).toBe(spells);
        expect(ledger.reconnected).toBeLessThanOrEqual(ledger.announced + ledger.unannounced);
        expect(ledger.freedSeconds).toBeLessThanOrEqual((ledger.announced + ledger.unannounced) * 86_400);
        for (const share of [ledger.warningsWorked, ledger.falseKills]) {
          expect(share === null || (share >= 0 && share <= 1)).toBe(true);
        }
      }),
    );
  });

  it('agrees with what real runs did', async () => {
    const world = thrashingWorld(3);
    world.redshift.open({ pid: 801, idle: 3000, user: 'ana' }, { pid: 802, idle: 3000, user: 'ana' });
    await reap(world.ports);
    world.redshift.use(801);
    await reapAfter(world, 1000);
    const { items } = await world.table.listBackends({ target: TARGET });
    const until = world.clock.now().toISOString();
    expect(keepLedger(items, { since: '2026-11-20T00:00:00.000Z', until })).toMatchObject({
      backends: 5,
      warnings: { spells: 2, recovered: 1, ended: 1 },
      announced: 1,
      unannounced: 3,
      reconnected: 3,
      warningsWorked: 0.5,
      falseKills: 0.75,
    });
  });
});

describe('the trend over runs', () => {
  it('compares the halves of the window, and says nothing of one without a run', () => {
    const point = { run: 'r', dryRun: false, kept: 0, warn: 0, kill: 0, gone: 0 };
    const points = [
      { ...point, at: '2026-11-20T20:00:00.000Z', backends: 30, free: 10 },
      { ...point, at: '2026-11-20T13:00:00.000Z', backends: 20, free: 20 },
      { ...point, at: '2026-11-20T03:00:00.000Z', backends: 5, free: 35 },
    ];
    expect(tellRunTrend(points, PERIOD)).toEqual({
      backends: { before: 5, after: 25 },
      free: { before: 35, after: 15 },
    });
    expect(tellRunTrend(points.slice(0, 1), PERIOD).backends).toEqual({ before: null, after: 30 });
  });
});
