import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RUN_TIMEOUT_SECONDS } from '../../../src/config/review/run-limits.ts';
import { shortestInterval } from '../../../src/config/review/shortest-interval.ts';
import { validateConfig } from '../../../src/config/review/validate-config.ts';

/** A file without a fault, with lines of a target, rules and further sections put in. */
function fileWith({ target = '', slots = '{ limit: 500 }', rules = '', more = '' }): string {
  return [
    'targets:',
    '  prod:',
    '    { engine: redshift, cluster: analytics, database: dev, policy: default,',
    `    slots: ${slots} ${target === '' ? '' : `, ${target}`} }`,
    'policies:',
    '  default:',
    ...(rules === '' ? ['- { name: everyone, warnAfter: 30m, terminateAfter: 1h }'] : rules.split('\n')).map(
      (rule) => `    ${rule}`,
    ),
    'notices: { defaultOwner: team@example.com }',
    more,
  ].join('\n');
}

const codesOf = (file: string) =>
  validateConfig(file, 'slotkeeper.yml').map(({ severity, code, path }) => [severity, code, path]);

describe('validateConfig', () => {
  it('has nothing to say about the configuration of the repository, nor about a plain one', () => {
    expect(validateConfig(readFileSync('slotkeeper.yml', 'utf8'), 'slotkeeper.yml')).toEqual([]);
    expect(validateConfig(fileWith({}), 'slotkeeper.yml')).toEqual([]);
  });

  it('tells what makes a file unusable: a typing error, an impossible duration, warnAfter after terminateAfter, no slot left', () => {
    const rules =
      '- { name: a, warnAfter: 2h, terminateAfter: 1h }\n- { name: b, terminateAfer: 1h }\n- { name: c, terminateAfter: soon }';
    const findings = validateConfig(fileWith({ rules, slots: '{ limit: 5, keepFree: 5 }' }), 'slotkeeper.yml');
    expect(findings.map(({ line, severity, code, path, advice }) => [line, severity, code, path, advice])).toEqual([
      [4, 'error', 'invalid', 'targets.prod.slots.keepFree', 'Write fewer slots to keep free than the limit of 5.'],
      [
        7,
        'error',
        'invalid',
        'policies.default[0].warnAfter',
        'Write a warnAfter that is not longer than terminateAfter.',
      ],
      [8, 'error', 'invalid', 'policies.default[1].terminateAfer', "Did you mean 'terminateAfter'?"],
      [
        9,
        'error',
        'invalid',
        'policies.default[2].terminateAfter',
        'Write a duration from 0s to 30d, such as 90s, 15m, 1h30m or 2d.',
      ],
    ]);
  });

  it('finds a rule that an earlier one covers, and says which', () => {
    const rules =
      "- { name: bi, match: { user: 'bi_*' }, keep: true }\n- { name: tableau, match: { user: BI_tableau }, terminateAfter: 1h }";
    const [finding, ...more] = validateConfig(fileWith({ rules }), 'slotkeeper.yml');
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'error',
      code: 'rule-never-reached',
      line: 8,
      path: 'policies.default[1].name',
    });
    expect(finding?.advice).toBe(
      "Put it before 'bi', narrow the match of that rule, or leave it out: the first rule that matches decides.",
    );
  });

  it('finds a rule that several earlier ones cover together, and names them', () => {
    const activities = ['idle', 'idle-in-transaction', 'idle-in-transaction-holding-locks'];
    const rules = activities.map(
      (activity, at) => `- { name: a${at}, match: { activity: ${activity} }, warnAfter: 1h }`,
    );
    const last = "- { name: bi, match: { user: ['bi_*', ana] }, warnAfter: 2h }";
    const [finding, ...more] = validateConfig(fileWith({ rules: [...rules, last].join('\n') }), 'slotkeeper.yml');
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ code: 'rule-never-reached', line: 10, path: 'policies.default[3].name' });
    expect(finding?.expected).toContain("whatever it matches is matched by 'a0' or 'a1' or 'a2' before it");
    expect(finding?.advice).toBe(
      'Put it before them, narrow the match of one of them, or leave it out: the first rule that matches decides.',
    );
    expect(codesOf(fileWith({ rules: [...rules.slice(1), last].join('\n') }))).toEqual([]);
  });

  it('finds a grace that ends after any session has: the longest SESSION TIMEOUT', () => {
    expect(codesOf(fileWith({ rules: '- { name: a, warnAfter: 10d, terminateAfter: 11d, grace: 11d }' }))).toEqual([
      ['error', 'longer-than-possible', 'policies.default[0].grace'],
    ]);
    expect(codesOf(fileWith({ rules: '- { name: a, terminateAfter: 15d, grace: 15d }' }))).toEqual([
      ['error', 'longer-than-possible', 'policies.default[0].grace'],
    ]);
  });

  it.each([
    ['- { name: a, terminateAfter: 4h, notice: none }', []],
    ['- { name: a, warnAfter: 3h, terminateAfter: 4h, grace: 1h }', []],
    ['- { name: a, warnAfter: 3h, terminateAfter: 4h, grace: 61m }', ['policies.default[0].warnAfter']],
    ['- { name: a, warnAfter: 5h }', ['policies.default[0].warnAfter']],
    ['- { name: a, match: { activity: idle-in-transaction }, terminateAfter: 6h, notice: none }', []],
    [
      '- { name: a, match: { activity: idle-in-transaction }, terminateAfter: 6h }',
      ['policies.default[0].terminateAfter'],
    ],
  ])('warns where the server ends sessions first: %s', (rules, paths) => {
    expect(codesOf(fileWith({ rules }))).toEqual(paths.map((path) => ['warning', 'server-comes-first', path]));
  });

  it.each([
    ['caps: { maxTerminations: 500 }', 'cap-never-reached', 'caps.maxTerminations'],
    ['caps: { maxShare: 100% }', 'cap-never-reached', 'caps.maxShare'],
    ['caps: { maxTerminations: 0 }', 'cap-always-refuses', 'caps.maxTerminations'],
    ['caps: { maxShare: 0.1% }', 'cap-always-refuses', 'caps.maxShare'],
    ['schedule: rate(1 minute)', 'schedule-too-fast', 'schedule'],
    ['schedule: rate(1 hour), thrash: { window: 3h }', 'kept-session-dies', 'schedule'],
    ['schedule: rate(2 hours), thrash: { window: 5h }', 'kept-session-dies', 'schedule'],
    ["schedule: 'cron(0/5 8-18 ? * MON-FRI *)'", 'schedule-too-fast', 'schedule'],
  ])('warns of %s', (target, code, path) => {
    expect(codesOf(fileWith({ target }))).toEqual([['warning', code, `targets.prod.${path}`]]);
  });

  it('lets a policy that only warns have a cap of nothing', () => {
    const rules = '- { name: a, warnAfter: 1h }';
    expect(codesOf(fileWith({ target: 'caps: { maxTerminations: 0 }', rules }))).toEqual([]);
  });

  it.each([
    ['slots that are to stay free, none', 'pressure: { terminate: below-keep-free }', ''],
    [
      'rules under pressure without any',
      '',
      '- { name: a, warnAfter: 1h, whenFreeSlotsBelow: { terminateAfter: 1h } }',
    ],
  ])('finds %s', (_, target, rules) => {
    expect(codesOf(fileWith({ target, rules }))).toEqual([
      ['error', 'pressure-never-felt', 'targets.prod.slots.keepFree'],
    ]);
    expect(codesOf(fileWith({ target, rules, slots: '{ limit: 500, keepFree: 5 }' }))).toEqual([]);
  });

  it('warns of a floor above all slots, and of a cap that refuses what only pressure would end', () => {
    expect(codesOf(fileWith({ target: 'sanity: { minBackends: 501 }' }))).toEqual([
      ['warning', 'floor-always-refuses', 'targets.prod.sanity.minBackends'],
    ]);
    const rules = '- { name: a, warnAfter: 1h, whenFreeSlotsBelow: { terminateAfter: 1h } }';
    const slots = '{ limit: 500, keepFree: 5 }';
    expect(codesOf(fileWith({ target: 'caps: { maxTerminations: 0 }', rules, slots }))).toEqual([
      ['warning', 'cap-always-refuses', 'targets.prod.caps.maxTerminations'],
    ]);
  });

  it('finds a lock that an execution outlives, and looks that last as long as an execution', () => {
    expect(codesOf(fileWith({ more: 'runs: { lockFor: 15m }' }))).toEqual([
      ['error', 'lock-too-short', 'runs.lockFor'],
    ]);
    expect(codesOf(fileWith({ more: 'runs: { pollWaits: [5m, 5m, 5m] }' }))).toEqual([
      ['error', 'polling-too-long', 'runs.pollWaits'],
    ]);
  });

  it('finds a window in which no return can be found', () => {
    const found = ['warning', 'thrash-never-found', 'targets.prod.thrash.window'];
    const slow = 'schedule: rate(1 hour)';
    expect(codesOf(fileWith({ target: slow }))).toContainEqual(found);
    expect(codesOf(fileWith({ target: `${slow}, thrash: { window: 3h }` }))).toEqual([
      ['warning', 'kept-session-dies', 'targets.prod.schedule'],
    ]);
    expect(codesOf(fileWith({ target: `${slow}, thrash: null` }))).toEqual([
      ['warning', 'kept-session-dies', 'targets.prod.schedule'],
    ]);
    expect(codesOf(fileWith({ target: 'thrash: { within: 5m, window: 4m }' }))).toEqual([found]);
    expect(codesOf(fileWith({ target: 'thrash: { within: 5m, window: 5m }' }))).toEqual([]);
  });

  it('finds a policy that nobody names, and an owner behind a pattern for all', () => {
    expect(codesOf(fileWith({}).replace('notices:', '  other: [{ name: x, keep: true }]\nnotices:'))).toEqual([
      ['warning', 'policy-unused', 'policies.other'],
    ]);
    const owners = "owners: [{ user: '*', owner: a@example.com }, { user: bob, owner: b@example.com }]";
    expect(codesOf(fileWith({}).replace('example.com }', `example.com, ${owners} }`))).toEqual([
      ['error', 'owner-never-reached', 'notices.owners[1].user'],
    ]);
    const hosts =
      "owners: [{ clientHost: 10.0.0.0/8, owner: a@example.com }, { clientHost: 10.1.2.3, user: bob, owner: b@example.com }, { user: bob, owner: c@example.com }], ownerTag: '*'";
    expect(codesOf(fileWith({}).replace('example.com }', `example.com, ${hosts} }`))).toEqual([
      ['error', 'owner-never-reached', 'notices.owners[1].user'],
      ['warning', 'owner-tag-open', 'notices.ownerTag'],
    ]);
  });

  it('warns where a rule comes before the pool has let a session go, unless the rule is not about the pool', () => {
    const target = "pool: { dbUser: 'tenant_{tenantId}', keepAlive: 30m }";
    expect(codesOf(fileWith({ target }))).toEqual([['warning', 'pool-in-the-way', 'policies.default[0].warnAfter']]);
    const rules =
      '- { name: pooled, match: { pool: idle }, keep: true }\n- { name: everyone, warnAfter: 30m, terminateAfter: 1h }';
    expect(codesOf(fileWith({ target, rules }))).toEqual([]);
  });
});

it.each([
  ['rate(30 seconds)', 30],
  ['rate(1 hour)', 3600],
  ['cron(0 8 * * ? *)', null],
  ['cron(* * * * ? *)', 60],
  ['cron(0/20 8-18 ? * MON-FRI *)', 1200],
  ['cron(5,7-9/2,30 * * * ? *)', 120],
])('reads the least time between two starts: %s', (schedule, seconds) => {
  expect(shortestInterval(schedule)).toBe(seconds);
});

it('knows how long the state machine lets an execution take', () => {
  const asl = JSON.parse(readFileSync('state-machines/reap-redshift-sessions.asl.json', 'utf8'));
  expect(asl.TimeoutSeconds).toBe(RUN_TIMEOUT_SECONDS);
});
