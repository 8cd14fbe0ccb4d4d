import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CanaryFailed } from '../../src/backends/canary-failed.ts';
import { readRedshiftSnapshot } from '../../src/backends/read-redshift-snapshot.ts';
import { readServerlessSnapshot } from '../../src/backends/read-serverless-snapshot.ts';
import type { ResultRow } from '../../src/backends/result-row.ts';
import { SnapshotUnreadable } from '../../src/backends/snapshot-unreadable.ts';
import { sessionRow } from './session-row.ts';

function serverlessRow(changes: ResultRow = {}): ResultRow {
  return sessionRow({
    user_name: 'bi_reader',
    user_known: 1,
    transactions_shown: 1,
    others_transactions_shown: 0,
    transaction_ended: 0,
    ...changes,
  });
}

function readOne(changes: ResultRow) {
  return readServerlessSnapshot([serverlessRow(changes)], 'analytics').backends[0];
}

const openSince = (transaction_started_at: string) => ({ in_transaction: 1, transaction_started_at });

describe('readServerlessSnapshot', () => {
  it('turns a row into a backend, with the views of a workgroup for its sources', () => {
    const { backends, canary } = readServerlessSnapshot([serverlessRow()], 'analytics');
    expect(canary).toEqual({ seesEveryone: true, mayEndOthers: true, ownPid: 900, ownSessionSeen: false });
    expect(backends[0]).toMatchObject({
      identity: { target: 'analytics', pid: 1073, startedAt: '2026-11-20T09:12:44Z', user: 'bi_reader' },
      activity: 'idle',
      lastActiveAt: '2026-11-20T14:03:02.250000Z',
      idleSeconds: 3600,
      evidence: { confidence: 'high', sources: ['SYS_SESSION_HISTORY', 'SYS_QUERY_HISTORY'] },
    });
  });

  it.each([
    ['runs', { is_running: 1, transactions_shown: 0, user_known: 0 }, 'running', 'high'],
    ['is idle, log and transactions agree', {}, 'idle', 'high'],
    ['has run nothing', { statement_ended_at: null }, 'idle', 'medium'],
    [
      'has an open transaction with a statement in it',
      openSince('20261120140000000000'),
      'idle-in-transaction',
      'high',
    ],
    ['may run what is not logged yet', openSince('20261120145302500000'), 'idle-in-transaction', 'low'],
    [
      'has an open transaction and no log',
      { ...openSince('20261120140000000000'), statement_ended_at: null },
      'idle-in-transaction',
      'low',
    ],
    ['is of no known user', { user_known: 0 }, 'unknown', 'low'],
    ['may be in a transaction for all that is shown', { transactions_shown: 0 }, 'idle', 'low'],
    ['is in none that is shown', { transactions_shown: 0, others_transactions_shown: 1 }, 'idle', 'medium'],
    ['is in none by the history', { transactions_shown: 0, transaction_ended: 1 }, 'idle', 'medium'],
    ['has an end in the future', { statement_ended_at: '20261120160000000000' }, 'unknown', 'high'],
  ])('reads one that %s', (_, changes, activity, confidence) => {
    expect(readOne(changes)).toMatchObject({ activity, evidence: { confidence } });
  });

  it('says why it does not believe', () => {
    const doubtIn = (changes: ResultRow) => readOne(changes)?.evidence.doubt;
    expect(doubtIn({})).toBeUndefined();
    expect(doubtIn({ user_known: 0 })).toBe('its user is not in PG_USER');
    expect(doubtIn(openSince('20261120145302500000'))).toMatch(/^its transaction began after/);
    expect(doubtIn({ transactions_shown: 0, others_transactions_shown: 1 })).toBe(
      'SVV_TRANSACTIONS shows transactions here, but not the asking one',
    );
    expect(doubtIn({ transactions_shown: 0, transaction_ended: 1 })).toBe(
      'SVV_TRANSACTIONS does not show even the asking transaction here',
    );
    expect(doubtIn({ transactions_shown: 0 })).toMatch(/newest transaction is not known to have ended$/);
  });

  it('never believes in an idleness that only one witness tells of, and never calls idle who runs', () => {
    const bit = fc.constantFrom(0, 1);
    const time = fc.option(fc.constantFrom('20261120093000000000', '20261120120000000000', '20261120150000000000'));
    fc.assert(
      fc.property(
        fc.record({
          is_running: bit,
          in_transaction: bit,
          transaction_started_at: time,
          statement_ended_at: time,
          user_known: bit,
          transactions_shown: bit,
          others_transactions_shown: bit,
          transaction_ended: bit,
        }),
        (row) => {
          const backend = readOne(row);
          const same = readRedshiftSnapshot([serverlessRow(row)], 'analytics').backends[0];
          const { activity, evidence } = backend ?? {};
          expect(activity === 'running').toBe(row.is_running === 1);
          expect(backend?.idleSeconds).toBe(same?.idleSeconds);
          if (activity !== 'running' && evidence?.confidence === 'high') {
            expect(row.statement_ended_at).not.toBeNull();
            expect(row.transactions_shown === 1 || row.in_transaction === 1).toBe(true);
            expect(row.user_known).toBe(1);
          }
          if (row.is_running === 0 && row.transactions_shown === 0 && row.in_transaction === 0) {
            const isBelieved = row.transaction_ended === 1 || row.others_transactions_shown === 1;
            expect(evidence?.confidence).toBe(isBelieved && row.user_known === 1 ? 'medium' : 'low');
          }
        },
      ),
    );
  });

  it('fails the canary when there is no row at all, and refuses the rows of another statement', () => {
    expect(() => readServerlessSnapshot([], 'analytics')).toThrow(CanaryFailed);
    expect(() => readServerlessSnapshot([sessionRow()], 'analytics')).toThrow(SnapshotUnreadable);
    expect(() => readOne({ transactions_shown: null })).toThrow(
      "Row 1 of the session query of workgroup target 'analytics' is not of the expected shape: transactions_shown: expected 0 or 1",
    );
  });
});
