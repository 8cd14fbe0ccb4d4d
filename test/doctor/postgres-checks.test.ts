import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../src/doctor/fact.ts';
import { lastEndOf } from '../../src/doctor/last-end-of.ts';
import { judgePooledSessions, judgePooler, type PathFacts } from '../../src/doctor/postgres/judge-pooler.ts';
import {
  judgePostgresConnection,
  judgePostgresTls,
  judgeTrackActivities,
} from '../../src/doctor/postgres/judge-postgres-connection.ts';
import { judgePostgresReach, judgePostgresSight } from '../../src/doctor/postgres/judge-postgres-grants.ts';
import { judgePostgresMemory } from '../../src/doctor/postgres/judge-postgres-memory.ts';
import { judgePostgresSlots, judgePostgresWayIn } from '../../src/doctor/postgres/judge-postgres-slots.ts';
import {
  judgeIdleInTransactionTimeout,
  judgeIdleSessionTimeout,
  judgeStatementTimeout,
} from '../../src/doctor/postgres/judge-postgres-timeouts.ts';
import type { PostgresOverride, PostgresSelf, PostgresSessions } from '../../src/doctor/postgres/postgres-facts.ts';
import type { RuleMatch } from '../../src/policy/rule.ts';
import { exampleRule } from '../policy/policy-examples.ts';

const self = (changes: Partial<PostgresSelf> = {}): PostgresSelf => ({
  version: '16.4',
  versionNumber: 160_004,
  user: 'reaper',
  database: 'app',
  standby: false,
  superuser: false,
  seesEveryone: true,
  maySignal: true,
  mayUseReserved: true,
  ...changes,
});
const sessions = (changes: Partial<PostgresSessions> = {}): PostgresSessions => ({
  user: 'web',
  application: 'shop',
  sessions: 4,
  hidden: 0,
  superusers: 0,
  endable: 4,
  ...changes,
});
const settings = (values: Readonly<Record<string, string | readonly [value: string, unit: string]>>) =>
  new Map(
    Object.entries(values).map(([name, value]) => {
      const [text, unit] = typeof value === 'string' ? [value, null] : value;
      return [name, { value: text, unit, source: 'configuration file' }];
    }),
  );

describe('the connection to PostgreSQL', () => {
  it.each([
    [self(), 'ok', 'signed in as reaper to database app, PostgreSQL 16.4, in 0.1 s'],
    [self({ standby: true }), 'ok', 'a standby'],
    [self({ versionNumber: 120_020, version: '12.20' }), 'problem', 'too old'],
    [self({ versionNumber: 190_000, version: '19.0' }), 'warning', 'was not tried'],
  ])('%j', (one, verdict, found) => {
    const check = judgePostgresConnection(known({ kind: 'signed-in', self: one, milliseconds: 120 }), { remedies: [] });
    expect(check).toMatchObject({ verdict, found: expect.stringContaining(found) });
  });

  it('is a problem where it is refused, with what to try', () => {
    const remedies = [{ kind: 'cli', line: 'pg_isready' }] as const;
    const check = judgePostgresConnection(known({ kind: 'refused', error: '28P01' }), { remedies });
    expect(check).toMatchObject({ verdict: 'problem', found: '28P01', mend: remedies });
  });

  it.each([
    [{ mode: 'off', host: '127.0.0.1', encrypted: false, version: null }, 'ok', 'does not leave this machine'],
    [
      { mode: 'verify-full', host: 'db', encrypted: true, version: 'TLSv1.3' },
      'ok',
      'TLSv1.3, certificate and host name verified (db)',
    ],
    [{ mode: 'verify-full', host: 'db', encrypted: false, version: null }, 'warning', 'something stands between'],
  ] as const)('TLS %j', (facts, verdict, found) => {
    expect(judgePostgresTls(known(facts))).toMatchObject({ verdict, found: expect.stringContaining(found) });
  });

  it.each([
    ['on', 'ok'],
    ['off', 'problem'],
  ])('track_activities %s', (value, verdict) => {
    expect(judgeTrackActivities(known(settings({ track_activities: value }))).verdict).toBe(verdict);
    expect(judgeTrackActivities(known(new Map())).verdict).toBe('cannot-tell');
  });
});

describe('what stands between', () => {
  const path = (changes: Partial<PathFacts> = {}): PathFacts => ({
    host: 'db.example.com',
    handshakePid: 77,
    pids: [77, 77],
    ownPort: 50_000,
    portSeen: 50_000,
    ...changes,
  });
  it.each<[Partial<PathFacts>, string, string]>([
    [{}, 'ok', 'the process of the handshake answers'],
    [{ portSeen: 61_000 }, 'ok', 'another port reaches the server'],
    [{ ownPort: null, portSeen: null }, 'ok', 'each time'],
    [{ handshakePid: 1_234_567 }, 'warning', 'the handshake named another process'],
    [{ pids: [77, 78] }, 'warning', 'ran in different processes'],
    [{ host: 'the-proxy.proxy-demo.us-east-1.rds.amazonaws.com' }, 'warning', 'an RDS Proxy'],
    [{ host: 'x.proxy-abc.cn-north-1.rds.amazonaws.com.cn' }, 'warning', 'an RDS Proxy'],
    [{ host: 'mydb.abc.us-east-1.rds.amazonaws.com' }, 'ok', 'no sign'],
    [{ handshakePid: null }, 'cannot-tell', 'named no process'],
  ])('%j', (changes, verdict, found) => {
    const check = judgePooler(known(path(changes)), { target: 'pg', byUrl: false });
    expect(check).toMatchObject({ verdict, found: expect.stringContaining(found) });
  });

  it.each([
    [[], 'cannot-tell', 'none shows itself', []],
    [[sessions()], 'cannot-tell', 'none shows itself', []],
    [
      [sessions({ application: 'pgbouncer' }), sessions()],
      'warning',
      '4 probably are: pgbouncer',
      ['- { name: pooler, match: { application: "pgbouncer*" }, keep: true }'],
    ],
    [
      [sessions({ application: 'shop - 10.0.0.7:51234' })],
      'warning',
      'shop - 10.0.0.7:51234',
      ['- { name: pooler, match: { user: "web" }, keep: true }'],
    ],
    [
      [sessions({ user: 'rdsproxyadmin', application: '' })],
      'warning',
      'rdsproxyadmin',
      ['- { name: pooler, match: { user: "rdsproxyadmin" }, keep: true }'],
    ],
    [[sessions({ application: 'DBeaver 25.1 - Main' })], 'cannot-tell', 'none shows itself', []],
  ])('sessions %j', (facts, verdict, found, lines) => {
    const check = judgePooledSessions(known(facts));
    expect(check).toMatchObject({ verdict, found: expect.stringContaining(found) });
    expect(check.mend.map(({ line }) => line)).toEqual(lines);
  });
});

describe('grants on PostgreSQL', () => {
  it.each([
    [self(), [sessions()], 'ok', 'reaper has pg_read_all_stats: 4 sessions of others'],
    [self({ superuser: true, seesEveryone: false }), [], 'ok', 'is a superuser'],
    [
      self({ seesEveryone: false }),
      [sessions({ hidden: 3 })],
      'problem',
      'of 4 sessions, 3 show their user and nothing else',
    ],
  ])('sees %j', (one, others, verdict, found) => {
    const check = judgePostgresSight(known({ self: one, sessions: others }));
    expect(check).toMatchObject({ verdict, found: expect.stringContaining(found) });
    expect(check.mend).toEqual(verdict === 'ok' ? [] : [{ kind: 'sql', line: 'GRANT pg_monitor TO "reaper";' }]);
  });

  const powerless = self({ maySignal: false });
  it.each<[string, PostgresSelf, readonly PostgresSessions[], boolean, string, string]>([
    ['a superuser', self({ superuser: true, maySignal: false }), [sessions()], true, 'ok', 'every session'],
    [
      'pg_signal_backend',
      self(),
      [sessions({ superusers: 1, endable: 3 })],
      true,
      'ok',
      '3 of 4 sessions of others, 1 are superusers',
    ],
    ['neither, but a member of all', powerless, [sessions()], true, 'ok', 'a member of the roles of all'],
    ['neither, a member of some', powerless, [sessions({ endable: 1 })], true, 'problem', '1 of 4 sessions'],
    ['neither, nobody is there', powerless, [], true, 'cannot-tell', "nobody's session is there"],
    [
      'neither, superusers only are there',
      powerless,
      [sessions({ superusers: 4, endable: 0 })],
      true,
      'cannot-tell',
      "nobody's session",
    ],
    [
      'neither, and the policy ends nothing',
      powerless,
      [sessions({ endable: 0 })],
      false,
      'ok',
      'the policy ends nothing',
    ],
  ])('ends: %s', (_, one, others, endsAnything, verdict, found) => {
    const check = judgePostgresReach(known({ self: one, sessions: others }), { endsAnything });
    expect(check).toMatchObject({ verdict, found: expect.stringContaining(found) });
    expect(check.mend.map(({ line }) => line)).toEqual(
      verdict === 'ok' ? [] : ['GRANT pg_signal_backend TO "reaper";'],
    );
  });
});

describe('slots of PostgreSQL', () => {
  const values = { max_connections: '20', superuser_reserved_connections: '3', reserved_connections: '2' };
  const slots = { limit: 20, reserved: 5, keepFree: 4 };
  const judge = (count: number, changes: Partial<typeof slots> | null = {}) =>
    judgePostgresSlots(
      known({ self: self(), settings: settings(values), sessions: count === 0 ? [] : [sessions({ sessions: count })] }),
      {
        target: 'pg',
        slots: changes === null ? null : { ...slots, ...changes },
      },
    );

  it.each([
    [10, 'ok', '11 of 20 used (our own with them), 5 reserved, 4 free: web 10'],
    [11, 'warning', '3 free'],
    [14, 'problem', '0 free'],
    [0, 'ok', '14 free: nobody else'],
  ])('%i sessions of others', (count, verdict, found) => {
    expect(judge(count)).toMatchObject({ verdict, found: expect.stringContaining(found) });
  });

  it('are counted as the server counts them, whatever slotkeeper.yml says', () => {
    expect(judge(1, { limit: 100 })).toMatchObject({
      verdict: 'warning',
      found: expect.stringContaining('slotkeeper.yml says limit 100, reserved 5'),
      mend: [{ kind: 'yaml', line: 'targets: { pg: { slots: { limit: 20, reserved: 5 } } }' }],
    });
    expect(judge(13, null).verdict).toBe('ok');
  });

  it.each([
    [self(), {}, 'ok', 'may use the 2 slots', []],
    [self({ superuser: true }), {}, 'ok', '3 slots are theirs', []],
    [
      self({ superuser: true }),
      { superuser_reserved_connections: '0' },
      'warning',
      'no slot is reserved',
      ['ALTER SYSTEM SET superuser_reserved_connections = 3; -- from the next restart'],
    ],
    [
      self({ mayUseReserved: false }),
      {},
      'warning',
      'has not pg_use_reserved_connections',
      ['GRANT pg_use_reserved_connections TO "reaper";'],
    ],
    [
      self(),
      { reserved_connections: '0' },
      'warning',
      'reserved_connections is 0',
      ['ALTER SYSTEM SET reserved_connections = 2; -- from the next restart'],
    ],
    [self({ versionNumber: 150_000, mayUseReserved: false }), {}, 'warning', 'before PostgreSQL 16', []],
  ])('the way in for %j with %j', (one, changes, verdict, found, lines) => {
    const check = judgePostgresWayIn(known({ self: one, settings: settings({ ...values, ...changes }) }));
    expect(check).toMatchObject({ verdict, found: expect.stringContaining(found) });
    expect(check.mend.map(({ line }) => line)).toEqual(lines);
  });
});

describe('timeouts of PostgreSQL', () => {
  const facts = (values: Readonly<Record<string, string>>, overrides: readonly PostgresOverride[] = []) =>
    known({ database: 'app', settings: settings(values), overrides });
  const about = { firstRule: 1800, lastEnd: null };
  const bi = (value: string, name = 'idle_session_timeout'): PostgresOverride => ({
    role: 'bi',
    database: '',
    name,
    value,
  });

  it.each([
    [
      '0',
      [],
      'warning',
      'off: a forgotten transaction',
      ['ALTER DATABASE "app" SET idle_in_transaction_session_timeout = \'60min\';'],
    ],
    ['3600000', [], 'ok', '1h', []],
    [
      '600000',
      [],
      'warning',
      'the server comes before any rule warns (30m)',
      ['ALTER DATABASE "app" SET idle_in_transaction_session_timeout = \'60min\';'],
    ],
    [
      '3600000',
      [bi('10min', 'idle_in_transaction_session_timeout')],
      'warning',
      'bi 10min comes before any rule warns',
      ['ALTER ROLE "bi" RESET idle_in_transaction_session_timeout;'],
    ],
  ])('idle in transaction %s %j', (value, overrides, verdict, found, lines) => {
    const check = judgeIdleInTransactionTimeout(
      facts({ idle_in_transaction_session_timeout: value }, overrides),
      about,
    );
    expect(check).toMatchObject({ verdict, found: expect.stringContaining(found) });
    expect(check.mend.map(({ line }) => line)).toEqual(lines);
  });

  it('knows the last end that a rule announces, and asks no rule behind one that takes all', () => {
    const inTransaction = ['idle-in-transaction', 'idle-in-transaction-aborted'] as const;
    const rule = (terminateAfter: number | null, match: RuleMatch = {}) => exampleRule({ terminateAfter, match });
    expect(lastEndOf([rule(1800, { activity: inTransaction }), rule(3600)], inTransaction)).toBe(1800);
    expect(lastEndOf([rule(1800, { activity: ['idle-in-transaction'] }), rule(3600)], inTransaction)).toBe(3600);
    expect(lastEndOf([rule(1800, { activity: inTransaction, user: ['bi'] }), rule(3600)], inTransaction)).toBe(3600);
    expect(lastEndOf([rule(null), rule(3600)], inTransaction)).toBeNull();
  });

  it('advises a net that lies below every end that a rule announces', () => {
    const check = judgeIdleInTransactionTimeout(facts({ idle_in_transaction_session_timeout: '0' }), {
      firstRule: 600,
      lastEnd: lastEndOf(
        [exampleRule({ terminateAfter: 1800 }), exampleRule({ terminateAfter: null })],
        ['idle-in-transaction'],
      ),
    });
    expect(check.mend.map(({ line }) => line)).toEqual([
      'ALTER DATABASE "app" SET idle_in_transaction_session_timeout = \'60min\';',
    ]);
  });

  it.each([
    [{ idle_session_timeout: '0' }, [], 'ok', 'nothing but Slotkeeper ends idle sessions'],
    [{ idle_session_timeout: '0' }, [bi('2h')], 'ok', 'of their own: bi 2h'],
    [{ idle_session_timeout: '0' }, [bi('600000')], 'warning', 'bi 600000 comes before'],
    [{ idle_session_timeout: '1800000' }, [], 'warning', 'the server comes before'],
    [{ idle_session_timeout: '1800001' }, [], 'ok', '30m'],
    [{ idle_session_timeout: '60000' }, [], 'warning', 'the server comes before'],
    [{}, [], 'ok', 'does not have it'],
  ])('idle %j %j', (values, overrides, verdict, found) => {
    expect(judgeIdleSessionTimeout(facts(values, overrides), about)).toMatchObject({
      verdict,
      found: expect.stringContaining(found),
    });
  });

  it('names the database where a role has it only there, or everybody has it there', () => {
    const there = { role: 'bi', database: 'app', name: 'idle_session_timeout', value: '1s' };
    const everybody = { ...there, role: '' };
    const check = judgeIdleSessionTimeout(facts({ idle_session_timeout: '0' }, [there, everybody]), about);
    expect(check.mend.map(({ line }) => line)).toEqual([
      'ALTER ROLE "bi" IN DATABASE "app" RESET idle_session_timeout;',
      'ALTER DATABASE "app" RESET idle_session_timeout;',
    ]);
  });

  it('tells the statement timeout, and judges it not', () => {
    expect(judgeStatementTimeout(facts({ statement_timeout: '0' }))).toMatchObject({
      verdict: 'ok',
      found: expect.stringContaining('for ever'),
    });
    expect(judgeStatementTimeout(facts({ statement_timeout: '30000' }))).toMatchObject({ verdict: 'ok', found: '30s' });
    expect(judgeStatementTimeout(unknown('refused'))).toMatchObject({ verdict: 'cannot-tell', found: 'refused' });
  });
});

describe('memory of PostgreSQL', () => {
  const memory = (connections: string, workKb: string, sharedPages: string) =>
    judgePostgresMemory(
      known(settings({ max_connections: connections, work_mem: [workKb, 'kB'], shared_buffers: [sharedPages, '8kB'] })),
    );
  it.each([
    ['100', '4096', '16384', 'cannot-tell', '100 × 4 MB + 128 MB = 528 MB'],
    ['100', '4096', '262144', 'ok', '100 × 4 MB + 2048 MB = 2448 MB, within the 8192 MB'],
    ['2000', '65536', '262144', 'warning', '2000 × 64 MB + 2048 MB = 130048 MB, more than the 8192 MB'],
  ])('%s connections, work_mem %s kB, shared_buffers %s pages', (connections, work, shared, verdict, found) => {
    expect(memory(connections, work, shared)).toMatchObject({ verdict, found: expect.stringContaining(found) });
  });

  it('says how many connections would fit, and nothing where the settings do not show', () => {
    expect(memory('2000', '65536', '262144').mend[0]?.line).toMatch(/^ALTER SYSTEM SET max_connections = 96;/);
    expect(judgePostgresMemory(known(new Map())).verdict).toBe('cannot-tell');
  });
});
