import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/backends/snapshot.ts';
import { known, unknown } from '../../src/doctor/fact.ts';
import { firstRuleOf } from '../../src/doctor/first-rule-of.ts';
import { judgeCanary } from '../../src/doctor/server/judge-canary.ts';
import { judgeClock } from '../../src/doctor/server/judge-clock.ts';
import { judgeConnection, type SignIn } from '../../src/doctor/server/judge-connection.ts';
import { judgeOwnTimeouts, type OwnLimits } from '../../src/doctor/server/judge-own-timeouts.ts';
import { judgeRedshiftGrants, type RedshiftGrants } from '../../src/doctor/server/judge-redshift-grants.ts';
import { judgeRedshiftTimeouts } from '../../src/doctor/server/judge-redshift-timeouts.ts';
import { byWhom, judgeSlots } from '../../src/doctor/server/judge-slots.ts';
import { judgeTransport } from '../../src/doctor/server/judge-transport.ts';
import { readSettingMilliseconds } from '../../src/doctor/server/read-setting-milliseconds.ts';
import { userTimeouts } from '../../src/doctor/server/user-timeouts.ts';
import { exampleRule, idleBackend, TAKEN_AT } from '../policy/policy-examples.ts';

const backendOf = (user: string, changes: Parameters<typeof idleBackend>[1] = {}) =>
  idleBackend(60, { ...changes, identity: { ...idleBackend(0).identity, user } });

describe('the connection', () => {
  const about = { target: 'rs', remedies: [{ kind: 'cli', line: 'aws redshift describe-clusters' }] } as const;
  it.each<[SignIn, string, string, string[]]>([
    [
      { kind: 'signed-in', user: 'awsuser', database: 'dev', version: 'Redshift 1.0.9', milliseconds: 340 },
      'ok',
      'signed in as awsuser to database dev, Redshift 1.0.9, in 0.3 s',
      [],
    ],
    [
      { kind: 'no-slot-left', error: '53300', keptSessionAnswered: true },
      'problem',
      'the session that the reaper keeps for itself answers',
      ['slotkeeper run --target rs --dry-run', 'slotkeeper run --target rs --wait'],
    ],
    [
      { kind: 'no-slot-left', error: '53300', keptSessionAnswered: false },
      'problem',
      'keeps none that answers here (53300)',
      ['slotkeeper run --target rs --dry-run', 'slotkeeper run --target rs --wait'],
    ],
    [{ kind: 'refused', error: 'no such role' }, 'problem', 'no such role', ['aws redshift describe-clusters']],
  ])('%j', (signIn, verdict, found, lines) => {
    const check = judgeConnection(known(signIn), about);
    expect(check).toMatchObject({ verdict, found: expect.stringContaining(found) });
    expect(check.mend.map(({ line }) => line)).toEqual(lines);
  });

  it.each([
    [null, 'ok'],
    ['http://127.0.0.1:4566', 'ok'],
    ['http://localhost:4566', 'ok'],
    ['https://vpce.example.com', 'ok'],
    ['http://10.0.0.5:4566', 'problem'],
    ['http://127.0.0.1.example.com', 'problem'],
    ['nonsense', 'problem'],
  ])('the way to %s is %s', (endpoint, verdict) => {
    const check = judgeTransport(endpoint);
    expect(check.verdict).toBe(verdict);
    expect(check.mend.length > 0).toBe(verdict === 'problem');
  });
});

describe('grants', () => {
  const grants = (changes: Partial<RedshiftGrants> = {}): RedshiftGrants => ({
    user: 'IAM:o"neil',
    superuser: false,
    syslogUnrestricted: true,
    guardedViews: ['sys_connection_log', 'sys_transaction_history'],
    unreadable: [],
    ...changes,
  });
  it.each<[string, Partial<RedshiftGrants>, boolean, string, string[]]>([
    ['a superuser', { superuser: true, syslogUnrestricted: false }, true, 'ok', []],
    ['who sees all, where the policy only warns', {}, false, 'ok', []],
    ['who sees all, where the policy ends', {}, true, 'warning', ['ALTER USER "IAM:o""neil" CREATEUSER;']],
    ['who sees only itself', { syslogUnrestricted: false }, true, 'problem', ['ALTER USER "IAM:o""neil" CREATEUSER;']],
    [
      'who sees only itself, where the policy only warns',
      { syslogUnrestricted: false },
      false,
      'problem',
      [
        'ALTER USER "IAM:o""neil" SYSLOG ACCESS UNRESTRICTED;',
        'GRANT SELECT ON sys_connection_log, sys_transaction_history TO "IAM:o""neil";',
      ],
    ],
    [
      'who may not read the connection log',
      { unreadable: ['sys_connection_log'] },
      false,
      'problem',
      ['GRANT SELECT ON sys_connection_log TO "IAM:o""neil";'],
    ],
    ['of whom that could not be asked', { syslogUnrestricted: null }, true, 'cannot-tell', []],
  ])('%s', (_, changes, endsAnything, verdict, lines) => {
    const check = judgeRedshiftGrants(known(grants(changes)), { endsAnything });
    expect(check.verdict).toBe(verdict);
    expect(check.mend).toEqual(lines.map((line) => ({ kind: 'sql', line })));
  });
});

describe('the canary', () => {
  const snapshot = (changes: Partial<Snapshot> = {}): Snapshot => ({
    target: 'rs',
    takenAt: TAKEN_AT,
    canary: { seesEveryone: true, mayEndOthers: true, ownPid: 9, ownSessionSeen: true },
    backends: [backendOf('awsuser', { own: true }), backendOf('bi'), backendOf('ana')],
    ...changes,
  });
  it.each<[string, Snapshot | { refused: string }, string, string]>([
    ['sees others', snapshot(), 'ok', 'its own session and 2 of 2 other users'],
    [
      'sees nobody else, which proves nothing against it',
      snapshot({ backends: [backendOf('awsuser', { own: true })] }),
      'ok',
      'nobody else has one',
    ],
    [
      'has no right to see others, though it sees some',
      snapshot({ canary: { seesEveryone: false, mayEndOthers: false, ownPid: 9, ownSessionSeen: true } }),
      'problem',
      'to be a superuser',
    ],
    [
      'does not see itself',
      snapshot({ canary: { seesEveryone: true, mayEndOthers: true, ownPid: 9, ownSessionSeen: false } }),
      'problem',
      'pid 9',
    ],
    [
      'does not see what one does',
      snapshot({ backends: [backendOf('bi', { activity: 'unknown' })] }),
      'warning',
      '1 do not show what they do',
    ],
    ['is refused', { refused: 'permission denied' }, 'problem', 'permission denied'],
  ])('%s', (_, facts, verdict, found) => {
    expect(judgeCanary(known(facts))).toMatchObject({ verdict, found: expect.stringContaining(found) });
  });
});

describe('slots', () => {
  const slots = { limit: 10, keepFree: 3, reserved: 1 };
  const many = (count: number) => Array.from({ length: count }, () => backendOf('web'));
  it.each([
    [6, 'ok', 'used, 1 reserved for superusers, 3 free: web 6', []],
    [7, 'warning', '2 free', ['slotkeeper backends --target rs', 'slotkeeper leaks --target rs']],
    [9, 'problem', '0 free', ['slotkeeper backends --target rs', 'slotkeeper leaks --target rs']],
    [11, 'problem', 'more are used than slotkeeper.yml says', ['targets: { rs: { slots: { limit: 100 } } }']],
  ])('%i of 10 used', (count, verdict, found, lines) => {
    const check = judgeSlots(known(many(count)), { target: 'rs', slots });
    expect(check).toMatchObject({ verdict, found: expect.stringContaining(found) });
    expect(check.mend.map(({ line }) => line)).toEqual(lines);
  });

  it('names the five users with most of them, and counts the others', () => {
    const backends = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'g'].map((user) => backendOf(user));
    expect(byWhom([...backends, backendOf('rdsdb', { system: true })])).toBe(
      'g 2, a 1, b 1, c 1, d 1, 2 other users 2',
    );
    expect(byWhom([])).toBe('nobody');
  });

  it('cannot tell what it did not see', () => {
    expect(judgeSlots(unknown('refused'), { target: 'rs', slots })).toMatchObject({
      verdict: 'cannot-tell',
      found: 'refused',
      mend: [],
    });
  });
});

describe('the first rule', () => {
  const rules = [
    exampleRule({ keep: true, warnAfter: 1 }),
    exampleRule({ match: { activity: ['idle-in-transaction'] }, warnAfter: 600 }),
    exampleRule({ warnAfter: null, terminateAfter: null }),
    exampleRule({ warnAfter: null, terminateAfter: 1800 }),
  ];
  it('is told for the sessions that it concerns', () => {
    expect(firstRuleOf(rules, ['idle'])).toBe(1800);
    expect(firstRuleOf(rules, ['idle-in-transaction', 'idle-in-transaction-holding-locks'])).toBe(600);
    expect(firstRuleOf(rules.slice(0, 3), ['idle'])).toBeNull();
  });
});

describe('timeouts of the server', () => {
  const rules = [
    exampleRule({ name: 'etl', keep: true, warnAfter: null, terminateAfter: null }),
    exampleRule({ name: 'all', warnAfter: 1800, terminateAfter: 3600 }),
  ];
  const about = { rules, platformIdleSeconds: 14_400 };

  it.each([
    ['none', [], 'ok', 'none of 2 sessions has a SESSION TIMEOUT; Redshift itself ends what is idle for 4h', []],
    ['one longer than the rules', [['bi', 7200]], 'ok', 'the shortest 2h (bi)', []],
    [
      'one as short as a warning',
      [['bi', 1800]],
      'warning',
      'before any rule warns (30m)',
      ['ALTER USER "bi" RESET SESSION TIMEOUT;'],
    ],
  ] as const)('%s', (_, timed, verdict, found, lines) => {
    const backends = [
      backendOf('x'),
      ...timed.map(([user, serverTimeoutSeconds]) => backendOf(user, { serverTimeoutSeconds })),
    ];
    const sessions = timed.length === 0 ? [...backends, backendOf('y')] : backends;
    const check = judgeRedshiftTimeouts(known(userTimeouts(sessions)), about);
    expect(check).toMatchObject({ verdict, found: expect.stringContaining(found) });
    expect(check.mend.map(({ line }) => line)).toEqual(lines);
  });

  it('sees a rule that waits longer than the platform does', () => {
    const check = judgeRedshiftTimeouts(known(userTimeouts([])), { ...about, platformIdleSeconds: 1800 });
    expect(check).toMatchObject({ verdict: 'warning', found: expect.stringContaining('rule all waits longer') });
    expect(check.mend).toEqual([{ kind: 'yaml', line: '- { name: all, warnAfter: 15m }' }]);
  });

  it('counts by user, the shortest first, without the platform', () => {
    const backends = [
      backendOf('a', { serverTimeoutSeconds: 900 }),
      backendOf('a', { serverTimeoutSeconds: 600 }),
      backendOf('b', { serverTimeoutSeconds: 300 }),
      backendOf('rdsdb', { serverTimeoutSeconds: 1, system: true }),
    ];
    expect(userTimeouts(backends)).toEqual({
      sessions: 3,
      timed: [
        { user: 'b', sessions: 1, seconds: 300 },
        { user: 'a', sessions: 2, seconds: 600 },
      ],
    });
  });

  const limits = (changes: Partial<OwnLimits> = {}): OwnLimits => ({
    user: 'reaper',
    superuser: false,
    sessionTimeoutSeconds: 0,
    statementTimeoutMs: 0,
    connectionLimit: null,
    ...changes,
  });
  it.each<[Partial<OwnLimits>, string, string[]]>([
    [{}, 'ok', []],
    [{ sessionTimeoutSeconds: 3600, statementTimeoutMs: 60_000, connectionLimit: 2 }, 'ok', []],
    [{ sessionTimeoutSeconds: 600 }, 'warning', ['ALTER USER "reaper" RESET SESSION TIMEOUT;']],
    [{ statementTimeoutMs: 5_000 }, 'warning', ['ALTER USER "reaper" SET statement_timeout TO 0;']],
    [{ connectionLimit: 1 }, 'warning', ['ALTER USER "reaper" CONNECTION LIMIT UNLIMITED;']],
    [{ connectionLimit: 1, superuser: true }, 'ok', []],
    [{ statementTimeoutMs: null }, 'cannot-tell', []],
    [{ sessionTimeoutSeconds: null }, 'cannot-tell', []],
  ])('own limits %j', (changes, verdict, lines) => {
    const check = judgeOwnTimeouts(known(limits(changes)), { sessionKeepAlive: 3600 });
    expect(check.verdict).toBe(verdict);
    expect(check.mend.map(({ line }) => line)).toEqual(lines);
  });

  it.each([
    ['0', 0],
    ['30000', 30_000],
    ['30s', 30_000],
    ['5min', 300_000],
    ['1h', 3_600_000],
    ['2 d', 172_800_000],
    ['soon', null],
  ])('reads %s as %s ms', (text, milliseconds) => {
    expect(readSettingMilliseconds(text)).toBe(milliseconds);
  });
});

describe('the clocks', () => {
  it.each([
    [{ least: -0.2, most: 0.5 }, null, 'ok', "the server's is within a second of this machine's"],
    [{ least: 0.5, most: 3 }, 2, 'ok', "and at the last run 2s behind the functions'"],
    [{ least: 90, most: 91 }, null, 'warning', "the server's is 1m 30s behind this machine's"],
    [{ least: -3601, most: -3600 }, null, 'problem', "1h ahead of this machine's"],
    [{ least: -1, most: 1 }, 700, 'problem', "11m 40s behind the functions'"],
  ])('%j and at the last run %s', (here, run, verdict, found) => {
    expect(judgeClock(known({ here, run }))).toMatchObject({ verdict, found: expect.stringContaining(found) });
  });
});
