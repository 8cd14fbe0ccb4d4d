import { describe, expect, it } from 'vitest';
import { CanaryFailed } from '../../src/backends/canary-failed.ts';
import { readRedshiftSnapshot } from '../../src/backends/read-redshift-snapshot.ts';
import { SnapshotUnreadable } from '../../src/backends/snapshot-unreadable.ts';
import { sessionRow } from './session-row.ts';

function readOne(changes: Parameters<typeof sessionRow>[0]) {
  return readRedshiftSnapshot([sessionRow(changes)], 'prod').backends[0];
}

describe('readRedshiftSnapshot', () => {
  it('turns a padded row into a backend', () => {
    expect(readRedshiftSnapshot([sessionRow()], 'prod')).toEqual({
      target: 'prod',
      takenAt: '2026-11-20T15:03:02.500000Z',
      canary: { seesEveryone: true, mayEndOthers: true, ownPid: 900, ownSessionSeen: false },
      backends: [
        {
          identity: { target: 'prod', pid: 1073, startedAt: '2026-11-20T09:12:44Z', user: 'bi_reader' },
          database: 'dev',
          application: 'Tableau',
          clientHost: '10.1.2.3',
          activity: 'idle',
          lastActiveAt: '2026-11-20T14:03:02.250000Z',
          idleSeconds: 3600,
          own: false,
          system: false,
          superuser: false,
          serverTimeoutSeconds: 0,
          tempTables: false,
          evidence: { confidence: 'high', sources: ['STV_SESSIONS', 'SVL_STATEMENTTEXT'] },
        },
      ],
    });
  });

  it('takes numbers and flags as text too, and missing text as empty', () => {
    const backend = readOne({
      pid: '1073',
      is_running: '1',
      is_superuser: true,
      application_name: null,
      client_host: null,
    });
    expect(backend).toMatchObject({
      activity: 'running',
      idleSeconds: 0,
      superuser: true,
      application: '',
      clientHost: '',
    });
    expect(backend?.identity.pid).toBe(1073);
  });

  it('removes padding only, so that a tab stays part of a name', () => {
    expect(readOne({ user_name: ' bi\t   ' })?.identity.user).toBe(' bi\t');
  });

  it.each([
    ['a session that never ran a statement since its start', { statement_ended_at: null }, 'idle', 21018],
    [
      'an open transaction',
      { in_transaction: 1, transaction_started_at: '20261120140000000000' },
      'idle-in-transaction',
      3600,
    ],
    [
      'a transaction that began after the newest logged end',
      { in_transaction: 1, transaction_started_at: '20261120145302500000', holds_locks: 1 },
      'idle-in-transaction-holding-locks',
      600,
    ],
    ['an end within the slack between two views', { statement_ended_at: '20261120150306000000' }, 'idle', 0],
    ['an end in the future', { statement_ended_at: '20261120150308000000' }, 'unknown', 0],
    ['a start in the future', { started_at: '20261120160000', statement_ended_at: null }, 'unknown', 0],
    [
      'a transaction older than its session',
      { in_transaction: 1, transaction_started_at: '20261120080000000000' },
      'unknown',
      3600,
    ],
    ['a transaction without a start', { in_transaction: 1 }, 'unknown', 3600],
    [
      'a running one, whatever else is odd',
      { is_running: 1, statement_ended_at: '20261120150308000000' },
      'running',
      0,
    ],
  ])('reads %s', (_, changes, activity, idleSeconds) => {
    expect(readOne(changes)).toMatchObject({ activity, idleSeconds });
  });

  it("flags the platform's own sessions and the one that asks", () => {
    expect(readOne({ user_name: 'rdsdb'.padEnd(50) })?.system).toBe(true);
    expect(readOne({ is_bootstrap: 1 })?.system).toBe(true);
    expect(readOne({ pid: 900 })?.own).toBe(true);
    expect(readRedshiftSnapshot([sessionRow({ pid: 900 })], 'prod').canary.ownSessionSeen).toBe(true);
  });

  it('fails the canary when there is no row at all', () => {
    expect(() => readRedshiftSnapshot([], 'prod')).toThrow(CanaryFailed);
  });

  it.each([
    [{ pid: null }, 'pid: expected a whole number, 0 or more'],
    [{ pid: -1 }, 'pid: expected a whole number, 0 or more'],
    [{ pid: 1.5 }, 'pid: expected a whole number, 0 or more'],
    [{ started_at: '2026-11-20 09:12:44' }, 'started_at: expected a time as 14 or 20 digits'],
    [{ server_now: '20261320150302500000' }, 'server_now: expected a time as 14 or 20 digits'],
    [{ is_running: 2 }, 'is_running: expected 0 or 1'],
    [{ user_name: null }, 'user_name: expected text'],
  ])('refuses a row of another shape: %j', (changes, problem) => {
    expect(() => readOne(changes)).toThrow(SnapshotUnreadable);
    expect(() => readOne(changes)).toThrow(problem);
  });

  it('refuses the rows of another statement', () => {
    expect(() => readRedshiftSnapshot([{ one: 1 }], 'prod')).toThrow(/Row 1 .* target 'prod' .*pid: /);
  });

  it('refuses the same session twice, and takes two sessions that only share a pid', () => {
    expect(() => readRedshiftSnapshot([sessionRow(), sessionRow({ is_running: 1 })], 'prod')).toThrow(
      /two for pid 1073/,
    );
    const rows = [sessionRow(), sessionRow({ started_at: '20261120091245' })];
    expect(readRedshiftSnapshot(rows, 'prod').backends).toHaveLength(2);
  });
});
