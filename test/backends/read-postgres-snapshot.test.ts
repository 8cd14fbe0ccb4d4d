import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postgresTermination, readPostgresSignalled } from '../../src/backends/postgres-termination.ts';
import { readPostgresTimeout } from '../../src/backends/postgres-timeout.ts';
import { readPostgresSnapshot } from '../../src/backends/read-postgres-snapshot.ts';
import type { ResultRow } from '../../src/backends/result-row.ts';

function row(changes: ResultRow = {}): ResultRow {
  return {
    pid: 501,
    started_at: '20261120140000123456',
    user_name: 'app',
    database_name: 'orders',
    application_name: 'web',
    client_host: '10.0.0.7',
    backend_type: 'client backend',
    state: 'idle',
    state_changed_at: '20261120144000654321',
    holds_locks: false,
    holds_advisory: false,
    is_listener: false,
    blocks: '0',
    is_superuser: false,
    may_end: true,
    idle_timeout: '0',
    sees_everyone: true,
    may_end_others: true,
    own_pid: 900,
    server_now: '20261120150000000000',
    ...changes,
  };
}

const OWN = row({ pid: 900, state: 'active', user_name: 'slotkeeper' });

const read = (...rows: ResultRow[]) => readPostgresSnapshot([...rows, OWN], 'orders').backends;

describe('a look at a PostgreSQL server', () => {
  it('keeps every microsecond that the server told', () => {
    expect(read(row())[0]).toMatchObject({
      identity: { target: 'orders', pid: 501, startedAt: '2026-11-20T14:00:00.123456Z', user: 'app' },
      lastActiveAt: '2026-11-20T14:40:00.654321Z',
      idleSeconds: 1199,
      activity: 'idle',
      evidence: { confidence: 'high' },
      blocks: 0,
      mayEnd: true,
    });
  });

  it.each([
    ['active', 'running'],
    ['fastpath function call', 'running'],
    ['idle', 'idle'],
    ['idle in transaction', 'idle-in-transaction'],
    ['idle in transaction (aborted)', 'idle-in-transaction-aborted'],
    ['disabled', 'unknown'],
    ['starting', 'unknown'],
    ['some state of a version to come', 'unknown'],
    [null, 'unknown'],
  ])('takes the state %s for %s', (state, activity) => {
    expect(read(row({ state }))[0]?.activity).toBe(activity);
  });

  it('knows nothing of a session whose state it may not see, and takes it for no idle one', () => {
    const [hidden] = read(row({ state: null, state_changed_at: null, application_name: null, client_host: null }));
    expect(hidden).toMatchObject({
      activity: 'unknown',
      application: '',
      clientHost: '',
      evidence: { confidence: 'low' },
    });
  });

  it('keeps blanks at the end of names: they are part of them here', () => {
    expect(read(row({ user_name: 'app ' }))[0]?.identity.user).toBe('app ');
  });

  it.each([
    [row({ pid: 'x' }), 'pid: expected a whole number'],
    [row({ started_at: '2026-11-20' }), 'started_at: expected a time as 14 or 20 digits'],
    [row({ pid: 900 }), 'got two for one pid'],
  ])('refuses an answer to another question', (odd, message) => {
    expect(() => read(odd)).toThrow(message);
  });

  it('is refused when nobody, or not the asking session, is in it', () => {
    expect(() => readPostgresSnapshot([], 'orders')).toThrow('asking session');
    expect(() => readPostgresSnapshot([row()], 'orders')).toThrow('asking session');
  });

  it('makes no session idle that the server does not call so, whatever else it says of it', () => {
    const idle = ['idle', 'idle in transaction', 'idle in transaction (aborted)'];
    const anything = fc.record({
      state: fc.oneof(fc.constantFrom(...idle, 'active', 'disabled', 'starting'), fc.string(), fc.constant(null)),
      state_changed_at: fc.constantFrom('20261120144000654321', null),
      holds_locks: fc.boolean(),
      holds_advisory: fc.boolean(),
      is_listener: fc.boolean(),
      application_name: fc.constantFrom('web', 'pg_dump', null),
    });
    fc.assert(
      fc.property(anything, (told) => {
        const [backend] = read(row(told));
        const known = told.state_changed_at !== null && idle.includes(told.state ?? '');
        expect(backend?.activity.startsWith('idle')).toBe(known);
      }),
    );
  });
});

describe('the guarded statement of PostgreSQL', () => {
  it('names each victim by the digits that the look showed, and reads back the same ones', () => {
    const part = (max: number, width: number) => fc.integer({ min: 1, max }).map((n) => String(n).padStart(width, '0'));
    const digits = fc
      .tuple(part(12, 2), part(28, 2), part(23, 2), part(59, 2), part(59, 2), part(999_999, 6))
      .map((parts) => `2026${parts.join('')}`);
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), digits, digits, (user_name, started_at, state_changed_at) => {
        const [backend] = read(row({ user_name, started_at, state_changed_at }));
        if (backend === undefined) {
          throw new Error('Expected a backend.');
        }
        const { parameters } = postgresTermination([{ ...backend.identity, lastActiveAt: backend.lastActiveAt }]);
        const [victim] = JSON.parse(parameters[0] ?? '[]');
        expect(victim).toEqual({ pid: 501, started_at, user_name, idle_since: state_changed_at });
        const answer = [{ pid: 501, started_at, user_name, signalled: true }];
        expect(readPostgresSignalled(answer, 'orders')).toEqual([backend.identity]);
      }),
    );
  });

  it('takes nobody for signalled of whom the server says no', () => {
    const answer = { pid: 501, started_at: '20261120140000123456', user_name: 'app', signalled: false };
    expect(readPostgresSignalled([answer], 'orders')).toEqual([]);
  });
});

describe('a timeout as PostgreSQL writes it', () => {
  it.each([
    ['0', 0],
    [null, 0],
    ['5min', 300],
    ['30s', 30],
    ['2h', 7200],
    ['1d', 86_400],
    ['1500', 1],
    ['1500ms', 1],
    ["'10 min'", 600],
    ['200', 1],
    ['none of these', 0],
  ])('%s is %d s', (text, seconds) => {
    expect(readPostgresTimeout(text)).toBe(seconds);
  });
});
