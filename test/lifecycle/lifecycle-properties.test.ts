import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BackendRecord, BackendState } from '../../src/lifecycle/backend-record.ts';
import { claimTermination } from '../../src/lifecycle/claim-termination.ts';
import { endSnooze } from '../../src/lifecycle/end-snooze.ts';
import { IllegalTransition } from '../../src/lifecycle/illegal-transition.ts';
import { isToldNoEnd } from '../../src/lifecycle/is-told-no-end.ts';
import { loseBackend } from '../../src/lifecycle/lose-backend.ts';
import { OUTCOMES } from '../../src/lifecycle/outcome.ts';
import { recoverBackend } from '../../src/lifecycle/recover-backend.ts';
import { settleTermination } from '../../src/lifecycle/settle-termination.ts';
import { signalBackend } from '../../src/lifecycle/signal-backend.ts';
import { snoozeOf } from '../../src/lifecycle/snooze.ts';
import { snoozeBackend, snoozeByTag } from '../../src/lifecycle/snooze-backend.ts';
import { stateAfter } from '../../src/lifecycle/state-after.ts';
import { warnBackend } from '../../src/lifecycle/warn-backend.ts';
import { dashboardMember } from '../support/example-member.ts';

/** The diagram of DESIGN: where each state may lead. */
const DIAGRAM: Readonly<Record<BackendState | 'none', readonly BackendState[]>> = {
  // A tag in application_name snoozes before anybody was told, and whoever was not told is, once it is over.
  none: ['warned', 'terminating', 'snoozed'],
  warned: ['recovered', 'snoozed', 'terminating', 'gone', 'warned'],
  recovered: ['warned', 'terminating', 'gone', 'snoozed'],
  snoozed: ['recovered', 'terminating', 'gone', 'snoozed', 'warned'],
  terminating: ['terminating', 'terminated', 'recovered'],
  // To itself: one that was still there, though signalled, is gone after all.
  terminated: ['terminating', 'recovered', 'gone', 'warned', 'terminated', 'snoozed'],
  gone: ['warned', 'terminating', 'snoozed'],
};

const GRACE = 600;
const START = Date.parse('2026-11-20T15:00:00.000Z');

type Verb = (record: BackendRecord | null, now: { at: string; step: number }) => BackendRecord;

/** A verb on a backend whose idle spell began with the hour (0) or, used again, somewhat later. */
const verbs: fc.Arbitrary<{ name: string; apply: Verb }> = fc
  .record({
    spell: fc.integer({ min: 0, max: 3 }),
    outcome: fc.constantFrom(...OUTCOMES),
    warned: fc.boolean(),
    ends: fc.constantFrom(null, 0, 1800),
    snooze: fc.constantFrom(300, 600, 3600),
  })
  .chain(({ spell, outcome, warned, ends, snooze }) => {
    const lastActiveAt = `2026-11-20T14:0${spell}:00.000000Z`;
    const member = dashboardMember({ lastActiveAt });
    const later = (at: string, seconds: number) => new Date(Date.parse(at) + seconds * 1000).toISOString();
    const termsOf = (at: string, by: string) => ({ until: later(at, snooze), seconds: snooze, at, by });
    const present = (record: BackendRecord | null): BackendRecord => {
      fc.pre(record !== null);
      return record;
    };
    return fc.constantFrom<{ name: string; apply: Verb }>(
      {
        name: 'warn',
        apply: (record, { at, step }) => {
          const receipt = { messageId: `m-${step}`, at, channel: 'sns', owner: 'bi', runId: `run-${step}` };
          const told = { ...member, endsAt: ends === null ? null : later(at, ends) };
          return warnBackend(record, { member: told, receipt, at, by: `run:${step}` });
        },
      },
      {
        name: 'recover',
        apply: (record, { at, step }) => recoverBackend(present(record), { lastActiveAt, at, by: `run:${step}` }),
      },
      {
        name: 'claim',
        apply: (record, { at, step }) =>
          claimTermination(record, {
            member,
            grace: warned ? GRACE : null,
            at,
            runId: `run-${step}`,
            by: `run:${step}`,
          }),
      },
      {
        name: 'signal',
        apply: (record, { at, step }) => signalBackend(present(record), { round: step, at, by: `run:${step}` }),
      },
      {
        name: 'settle',
        apply: (record, { at, step }) =>
          settleTermination(present(record), {
            outcome,
            lastActiveAt,
            detail: { signalled: warned },
            at,
            by: `run:${step}`,
          }),
      },
      { name: 'snooze', apply: (record, { at }) => snoozeBackend(present(record), termsOf(at, 'cli:ann')) },
      {
        name: 'tag',
        apply: (record, { at }) => snoozeByTag(record, { ...termsOf(at, 'sql:bi_reader'), of: member }),
      },
      { name: 'end-snooze', apply: (record, { at }) => endSnooze(present(record), { at, by: 'cli:ann' }) },
      { name: 'lose', apply: (record, { at, step }) => loseBackend(present(record), { at, by: `run:${step}` }) },
    );
  });

/** Applies the verbs five minutes apart; those that the state does not allow throw and leave the record as it was. */
function live(
  sequence: readonly { name: string; apply: Verb }[],
  check: (before: BackendRecord | null, after: BackendRecord, name: string, at: string) => void,
): void {
  let record: BackendRecord | null = null;
  for (const [step, { name, apply }] of sequence.entries()) {
    const at = new Date(START + step * 300_000).toISOString();
    if (record === null && !['warn', 'claim', 'tag'].includes(name)) {
      continue;
    }
    let next: BackendRecord;
    try {
      next = apply(record, { at, step });
    } catch (error) {
      expect(error).toBeInstanceOf(IllegalTransition);
      continue;
    }
    check(record, next, name, at);
    record = next;
  }
}

const lives = fc.array(verbs, { minLength: 1, maxLength: 160, size: 'max' });

describe('every life of a backend', () => {
  it('counts each write: one version and exactly one event more, of which the newest 100 stay', () => {
    fc.assert(
      fc.property(lives, (sequence) => {
        live(sequence, (before, after) => {
          expect(after.version).toBe((before?.version ?? 0) + 1);
          expect(after.eventsDropped + after.events.length).toBe(after.version);
          expect(after.events.length).toBeLessThanOrEqual(100);
          expect(after.events.slice(0, -1)).toEqual((before?.events ?? []).slice(-99));
        });
      }),
    );
  });

  it('moves along the diagram, and its state is that of its newest event', () => {
    fc.assert(
      fc.property(lives, (sequence) => {
        live(sequence, (before, after) => {
          expect(DIAGRAM[before?.state ?? 'none']).toContain(after.state);
          expect(after.state).toBe(stateAfter(after.events.at(-1)?.type ?? 'gone'));
        });
      }),
    );
  });

  it('never loses a receipt to a later write in the same idle spell', () => {
    fc.assert(
      fc.property(lives, (sequence) => {
        live(sequence, (before, after, name) => {
          const sameSpell = before?.lastActiveAt === after.lastActiveAt;
          const begunAnew =
            before?.state === 'gone' ||
            (before?.state === 'terminated' && ['warn', 'tag'].includes(name)) ||
            (name === 'warn' && before !== null && isToldNoEnd(before));
          if (before?.receipt != null && sameSpell && after.state !== 'recovered' && !begunAnew) {
            expect(after.receipt).toEqual(before.receipt);
          }
        });
      }),
    );
  });

  it('is never claimed before an end that was announced or a snooze that holds in the same idle spell', () => {
    let claims = 0;
    fc.assert(
      fc.property(lives, (sequence) => {
        live(sequence, (before, after, name, at) => {
          const waits = before?.state === 'warned' || before?.state === 'snoozed';
          if (name === 'claim' && waits && before.lastActiveAt === after.lastActiveAt) {
            claims += 1;
            expect(Date.parse(before.endsAt ?? at)).toBeLessThanOrEqual(Date.parse(at));
            const announced = snoozeOf(before, before.lastActiveAt)?.announcedEnd ?? at;
            expect(Date.parse(announced)).toBeLessThanOrEqual(Date.parse(at));
          }
        });
      }),
      { numRuns: 300 },
    );
    expect(claims).toBeGreaterThan(5);
  });

  it('is never kept for less long by a snooze, and never ends before its announced end by taking one back', () => {
    let taken = 0;
    fc.assert(
      fc.property(lives, (sequence) => {
        live(sequence, (before, after, name, at) => {
          if (name === 'snooze' && before?.endsAt != null) {
            expect(Date.parse(after.endsAt ?? '')).toBeGreaterThan(Date.parse(before.endsAt));
          } else if (name === 'end-snooze') {
            taken += 1;
            const announced = Date.parse(snoozeOf(after, after.lastActiveAt)?.announcedEnd ?? at);
            expect(Date.parse(after.endsAt ?? '')).toBe(Math.max(announced, Date.parse(at)));
          }
        });
      }),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(5);
  });

  it('takes receipt, end and claim from one that recovered', () => {
    fc.assert(
      fc.property(lives, (sequence) => {
        live(sequence, (_, after) => {
          if (after.state === 'recovered') {
            expect([after.receipt, after.endsAt, after.claim]).toEqual([null, null, null]);
          }
        });
      }),
    );
  });

  it('is claimed only with a receipt as old as the grace, unless its rule ends without a warning', () => {
    fc.assert(
      fc.property(lives, (sequence) => {
        live(sequence, (_, after, name, at) => {
          const claim = after.events.at(-1);
          if (name === 'claim' && claim?.detail['graceSeconds'] === GRACE) {
            expect(after.receipt).not.toBeNull();
            expect(Date.parse(at) - Date.parse(after.receipt?.at ?? at)).toBeGreaterThanOrEqual(GRACE * 1000);
          }
        });
      }),
    );
  });
});
