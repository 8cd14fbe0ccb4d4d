import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIMENSIONS } from '../../src/leaks/client-group.ts';
import type { SessionCounts } from '../../src/leaks/leak-report.ts';
import { sessionKey } from '../../src/leaks/measure-idle.ts';
import { reportLeaks } from '../../src/leaks/report-leaks.ts';
import { at, idleSince, look, session, WINDOW } from './leak-examples.ts';

const client = fc.record({
  user: fc.constantFrom('bi_reader', 'etl', 'IAM:ana'),
  application: fc.constantFrom('', 'DBeaver 25', 'Metabase'),
  clientHost: fc.constantFrom('', '10.0.0.7', '10.0.0.8'),
  driver: fc.constantFrom('', 'Redshift JDBC Driver 2.1.0.30'),
});

const input = fc
  .record({
    sessions: fc.array(
      fc.record({
        client,
        from: fc.integer({ min: -60, max: 70 }),
        lasts: fc.option(fc.integer({ min: 0, max: 90 })),
        killed: fc.boolean(),
      }),
      { maxLength: 25 },
    ),
    // No two looks are of one moment.
    looks: fc.uniqueArray(
      fc.record({
        minute: fc.integer({ min: -10, max: 70 }),
        idleFor: fc.integer({ min: 0, max: 90 }),
        runs: fc.nat(5),
      }),
      { maxLength: 8, selector: ({ minute }) => minute },
    ),
    by: fc.subarray([...DIMENSIONS]),
  })
  .map(({ sessions, looks, by }) => {
    const made = sessions.map(({ client: of, from, lasts }, index) =>
      session(100 + index, from, lasts === null ? null : from + lasts, of),
    );
    return {
      window: WINDOW,
      sessions: made,
      by,
      complete: true,
      ownUser: null,
      engine: 'redshift' as const,
      spells: made.flatMap((one, index) => {
        const { killed = false, from = 0 } = sessions[index] ?? {};
        const { pid, startedAt, user } = one;
        return killed ? [{ pid, startedAt, user, from: at(from + 1), to: one.endedAt ?? WINDOW.until }] : [];
      }),
      killed: new Set(made.filter((_, index) => sessions[index]?.killed).map(sessionKey)),
      looks: looks.map(({ minute, idleFor, runs }) =>
        look(
          minute,
          ...made
            .filter((_, index) => {
              const { from = 0, lasts = null } = sessions[index] ?? {};
              return from <= minute && (lasts === null || from + lasts > minute);
            })
            .map((one, index) =>
              idleSince(one, minute - idleFor, index % 6 === runs ? { activity: 'running' as const } : {}),
            ),
        ),
      ),
    };
  });

const SUMS = [
  'sessions',
  'openBefore',
  'opened',
  'closed',
  'open',
  'observedSeconds',
  'wastedSeconds',
  'killed',
  'reconnected',
] as const satisfies readonly (keyof SessionCounts)[];

describe('reportLeaks, whatever happened', () => {
  it('counts each session once, and its figures are of one piece', () => {
    fc.assert(
      fc.property(input, (given) => {
        const { total, leaks } = reportLeaks(given);
        for (const name of SUMS) {
          expect(leaks.reduce((sum, leak) => sum + leak[name], 0)).toBe(total[name]);
        }
        for (const counts of [total, ...leaks]) {
          expect(counts.openBefore + counts.opened).toBe(counts.sessions);
          expect(counts.closed + counts.open).toBe(counts.sessions);
          expect(counts.peak).toBeLessThanOrEqual(counts.sessions);
          expect(counts.peak).toBeGreaterThanOrEqual(Math.min(1, counts.sessions));
          expect(counts.peak).toBeGreaterThanOrEqual(counts.open);
          expect(counts.wastedSeconds).toBeLessThanOrEqual(counts.observedSeconds);
          expect(counts.observedSeconds).toBeLessThanOrEqual(counts.sessions * 3600);
          expect(counts.reconnected).toBeLessThanOrEqual(counts.killed);
          expect(counts.killed).toBeLessThanOrEqual(counts.sessions);
        }
        const waste = leaks.map(({ wastedSeconds }) => wastedSeconds);
        expect(waste).toEqual(waste.toSorted((a, b) => b - a));
        expect(new Set(leaks.map(({ group }) => JSON.stringify(group))).size).toBe(leaks.length);
      }),
    );
  });

  it('says the same in whatever order it is told', () => {
    fc.assert(
      fc.property(input, (given) => {
        const turned = { ...given, sessions: given.sessions.toReversed(), looks: given.looks.toReversed() };
        expect(reportLeaks(turned)).toEqual(reportLeaks(given));
      }),
    );
  });

  it('proves no less with one look more', () => {
    fc.assert(
      fc.property(input, (given) => {
        const fewer = reportLeaks({ ...given, looks: given.looks.slice(1) }).total;
        const { wastedSeconds, observedSeconds } = reportLeaks(given).total;
        expect(wastedSeconds).toBeGreaterThanOrEqual(fewer.wastedSeconds);
        expect(observedSeconds).toBeGreaterThanOrEqual(fewer.observedSeconds);
      }),
    );
  });
});
