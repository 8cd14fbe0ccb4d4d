import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InvalidConfig } from '../../src/config/invalid-config.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { parseConfig } from '../../src/config/parse-config.ts';

const TARGET = `targets:
  prod:
    engine: redshift
    cluster: analytics-1
    database: dev
    slots: { limit: 500 }
    policy: default
`;
const POLICY = `policies:
  default:
    - { name: everyone, terminateAfter: 1h }
`;
const NOTICES = `notices: { defaultOwner: team@example.com }
`;
const MINIMAL = TARGET + POLICY + NOTICES;

function problemsOf(text: string) {
  try {
    parseConfig(text, 'slotkeeper.yml');
  } catch (error) {
    if (error instanceof InvalidConfig) {
      return error.problems;
    }
    throw error;
  }
  throw new Error('expected InvalidConfig');
}

/** The problems of the minimal file with other keys in its target. */
function problemsOfTarget(...lines: string[]) {
  const keys = new Set(lines.map((line) => line.split(':')[0]));
  const kept = TARGET.split('\n').filter((line) => line !== '' && !keys.has(line.trim().split(':')[0]));
  return problemsOf(`${[...kept, ...lines.map((line) => `    ${line}`)].join('\n')}\n${POLICY}${NOTICES}`);
}

function problemsOfRule(rule: string) {
  return problemsOf(`${TARGET}policies:\n  default:\n    - ${rule}\n${NOTICES}`);
}

describe('parseConfig', () => {
  it('fills in the defaults', () => {
    expect(parseConfig(MINIMAL, 'slotkeeper.yml')).toEqual({
      targets: {
        prod: {
          name: 'prod',
          engine: 'redshift',
          cluster: 'analytics-1',
          database: 'dev',
          dbUser: null,
          secretArn: null,
          schedule: null,
          enabled: true,
          slots: { limit: 500, keepFree: 0, reserved: 0 },
          caps: { maxTerminations: 20, maxShare: 0.5 },
          pressure: { terminate: 'always', steps: 1 },
          sanity: { minBackends: 1, maxShrink: 10, maxGrowth: 50, compareRuns: 5 },
          thrash: { reconnects: 3, within: 10, window: 3600, holdFor: 86_400 },
          pool: null,
          rules: [
            {
              name: 'everyone',
              match: {},
              keep: false,
              warnAfter: null,
              terminateAfter: 3600,
              grace: 900,
              notice: 'owner',
              owner: null,
            },
          ],
        },
      },
      notices: {
        defaultOwner: 'team@example.com',
        owners: [],
        snooze: { max: 28_800, perOwnerPerDay: 10 },
        subscriptions: { owners: [], operators: [] },
        requireConfirmed: true,
        rate: { messages: 12, per: 3600 },
      },
      runs: {
        lockFor: 960,
        pollWaits: [1, 1, 2, 3, 5, 8, 13, 20, 30, 30],
        settle: { rounds: 5, wait: 2 },
        sessionKeepAlive: 3600,
        retention: 7_776_000,
        planValidFor: 900,
        startWithin: 60,
      },
    });
  });

  it('reads every key', () => {
    const config = parseConfig(
      `${TARGET}    secretArn: arn:aws:secretsmanager:us-east-1:123456789012:secret:reaper-a1
    schedule: cron(0/10 8-18 ? * MON-FRI *)
    caps: { maxTerminations: 5, maxShare: 0.25 }
policies:
  default:
    - name: bi
      match: { user: "bi_*", database: [dev, prod], application: T*, clientHost: 10.*, activity: idle, pool: orphan }
      warnAfter: 90s
      terminateAfter: 1h30m
      grace: 0s
      owner: bi@example.com
    - { name: night, terminateAfter: 2d, notice: none }
    - { name: rest, match: {}, keep: true }
notices:
  defaultOwner: team@example.com
  owners: [{ user: "etl*", owner: etl@example.com }]
runs: { lockFor: 20m, pollWaits: [0s, 5s], settle: { rounds: 2 }, sessionKeepAlive: 10m, retention: 7d, planValidFor: 1h, startWithin: 8m }
`,
      'slotkeeper.yml',
    );
    expect(config.targets['prod']).toMatchObject({
      secretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:reaper-a1',
      schedule: 'cron(0/10 8-18 ? * MON-FRI *)',
      caps: { maxTerminations: 5, maxShare: 0.25 },
    });
    expect(config.targets['prod']?.rules).toMatchObject([
      {
        match: {
          user: ['bi_*'],
          database: ['dev', 'prod'],
          application: ['T*'],
          clientHost: ['10.*'],
          activity: ['idle'],
          pool: ['orphan'],
        },
        warnAfter: 90,
        terminateAfter: 5400,
        grace: 0,
        owner: 'bi@example.com',
      },
      { terminateAfter: 172_800, notice: 'none' },
      { match: {}, keep: true },
    ]);
    expect(config.notices.owners).toEqual([{ user: 'etl*', owner: 'etl@example.com' }]);
    expect(config.runs).toEqual({
      lockFor: 1200,
      pollWaits: [0, 5],
      settle: { rounds: 2, wait: 2 },
      sessionKeepAlive: 600,
      retention: 604_800,
      planValidFor: 3_600,
      startWithin: 480,
    });
  });

  it('tells all problems at once, each with its path, line, expectation, finding and hint', () => {
    const problems = problemsOf(`targets:
  prod:
    engine: redshift
    cluster: Analytics
    database: dev
    slots: { limit: 10, keepFree: 10 }
    policy: defualt
policies:
  default:
    - name: a
      terminateAfer: 1h
    - name: a
      keep: true
      owner: x
notices: { defaultOwner: team@example.com }
`);
    expect(problems).toEqual([
      {
        path: 'targets.prod.cluster',
        line: 4,
        expected: 'the identifier of a provisioned cluster: lower-case letters, digits and single hyphens, at most 63',
        got: "'Analytics'",
        hint: null,
      },
      {
        path: 'targets.prod.slots.keepFree',
        line: 6,
        expected: 'fewer slots to keep free than the limit of 10',
        got: '10',
        hint: null,
      },
      {
        path: 'targets.prod.policy',
        line: 7,
        expected: 'one of the policies default',
        got: "'defualt'",
        hint: "did you mean 'default'?",
      },
      {
        path: 'policies.default[0].terminateAfer',
        line: 11,
        expected:
          'one of the keys name, match, keep, warnAfter, terminateAfter, grace, notice, owner, whenFreeSlotsBelow',
        got: "'terminateAfer'",
        hint: "did you mean 'terminateAfter'?",
      },
      {
        path: 'policies.default[1].name',
        line: 12,
        expected: 'a name that no other rule of the policy has (rule 1 has it)',
        got: "'a'",
        hint: null,
      },
      {
        path: 'policies.default[1].owner',
        line: 14,
        expected: 'no owner beside keep: true, which leaves its backends alone',
        got: "'x'",
        hint: null,
      },
    ]);
  });

  it.each([
    ['owners: [{ clientHost: 10.1.0.0/33, owner: a }]', 'owners[0].clientHost', 'a range of addresses that there is'],
    ['owners: [{ owner: a }]', 'owners[0]', 'at least one of user, role, group, clientHost, application'],
    ['owners: [{ usr: x, owner: a }]', 'owners[0].usr', 'one of the keys user, role, group, clientHost'],
    ['owners: [{ user: x }]', 'owners[0].owner', 'who is told'],
    ['ownerTag: ""', 'ownerTag[0]', 'an owner, or a pattern'],
    ['rate: { messages: 0, per: 1h }', 'rate.messages', 'a whole number from 1 to 100'],
    ['rate: { messages: 5 }', 'rate.per', 'a duration from 1m to 7d'],
    ['requireConfirmed: yes please', 'requireConfirmed', 'true or false'],
  ])('refuses notices with %s', (line, path, expected) => {
    const notices = NOTICES.replace('example.com }', `example.com, ${line} }`);
    expect(problemsOf(`${TARGET}${POLICY}${notices}`)).toMatchObject([
      { path: `notices.${path}`, expected: expect.stringContaining(expected) },
    ]);
  });

  it('says so in its message, under its own name', () => {
    expect(() => parseConfig(MINIMAL.replace('terminateAfter', 'terminateAfer'), 'conf/slotkeeper.yml')).toThrow(
      expect.objectContaining({
        name: 'InvalidConfig',
        message:
          'conf/slotkeeper.yml has 1 problem:\n' +
          '  line 10, policies.default[0].terminateAfer: expected one of the keys name, match, keep, warnAfter, ' +
          "terminateAfter, grace, notice, owner, whenFreeSlotsBelow, got 'terminateAfer'; did you mean 'terminateAfter'?",
      }),
    );
  });

  it.each([
    [
      ['dbUser: a', 'secretArn: arn:aws:secretsmanager:us-east-1:1:secret:a'],
      'secretArn',
      'dbUser or secretArn, not both',
    ],
    [['secretArn: hunter2'], 'secretArn', 'the ARN of a Secrets Manager secret'],
    [['cluster: Analytics_1'], 'cluster', 'the identifier of a provisioned cluster'],
    [['schedule: 10 minutes'], 'schedule', 'a schedule of EventBridge: it is written rate(10 minutes)'],
    [['schedule: rate(1 minutes)'], 'schedule', 'a rate of 1 takes the singular'],
    [['schedule: cron(0 8 * * *)'], 'schedule', 'cron(…) has six fields'],
    [['slots: { limit: 0 }'], 'slots.limit', 'a whole number from 1 to 2000'],
    [['slots: { limit: 1.5 }'], 'slots.limit', 'a whole number from 1 to 2000'],
    [['caps: { maxShare: 101% }'], 'caps.maxShare', 'a share such as 25%, or a number from 0 to 1'],
    [['caps: { maxShare: 50 }'], 'caps.maxShare', 'a share such as 25%, or a number from 0 to 1'],
    [['caps: { maxTerminations: -1 }'], 'caps.maxTerminations', 'a whole number from 0 to 2000'],
    [['policy: toString'], 'policy', 'one of the policies default'],
  ])('refuses a target with %j', (lines, key, expected) => {
    expect(problemsOfTarget(...lines)).toEqual([
      expect.objectContaining({ path: `targets.prod.${key}`, expected: expect.stringContaining(expected) }),
    ]);
  });

  it.each([
    ['{ name: a }', '', 'a rule with keep: true, warnAfter or terminateAfter'],
    ['{ name: a, keep: false }', '', 'a rule with keep: true, warnAfter or terminateAfter'],
    ['{ name: a, keep: true, terminateAfter: 1h }', '.terminateAfter', 'no terminateAfter beside keep: true'],
    [
      '{ name: a, warnAfter: 2h, terminateAfter: 1h }',
      '.warnAfter',
      'a warnAfter that is not longer than terminateAfter',
    ],
    ['{ name: a, warnAfter: 1h, grace: 5m }', '.grace', 'no grace without terminateAfter'],
    ['{ name: a, terminateAfter: 1h, notice: none, grace: 5m }', '.grace', 'no grace beside notice: none'],
    ['{ name: a, terminateAfter: 1h, warnAfter: 5m, notice: none }', '.warnAfter', 'no warnAfter beside notice: none'],
    ['{ name: a, terminateAfter: 90 }', '.terminateAfter', 'a duration from 0s to 30d'],
    ['{ name: a, terminateAfter: 31d }', '.terminateAfter', 'a duration from 0s to 30d'],
    ['{ name: a b, keep: true }', '.name', 'a name of 1 to 64 letters'],
    ['{ keep: true }', '.name', 'a name of 1 to 64 letters'],
    ['{ name: a, keep: yes }', '.keep', 'true or false'],
    ['{ name: a, keep: true, match: { user: [] } }', '.match.user', 'at least one'],
    [
      '{ name: a, keep: true, match: { user: 5 } }',
      '.match.user[0]',
      'a name or a pattern with * (at most five of them) and ?',
    ],
    ["{ name: a, keep: true, match: { user: '*a*b*c*d*e*' } }", '.match.user[0]', 'at most five of them'],
    ['{ name: a, keep: true, match: { activity: running } }', '.match.activity[0]', 'one of idle, idle-in-transaction'],
    ['{ name: a, keep: true, match: { pool: leased } }', '.match.pool[0]', 'one of idle, orphan'],
    [
      '{ name: a, keep: true, match: { pool: [] } }',
      '.match.pool',
      'one of idle, orphan, or a list of them, at least one',
    ],
    ['{ name: a, keep: true, notice: email }', '.notice', 'owner or none'],
    ['just text', '', 'a mapping with the keys name, match'],
  ])('refuses the rule %s', (rule, path, expected) => {
    expect(problemsOfRule(rule)).toEqual([
      expect.objectContaining({
        path: `policies.default[0]${path}`,
        line: 10,
        expected: expect.stringContaining(expected),
      }),
    ]);
  });

  it('refuses notice: none without terminateAfter, and the warning it forbids', () => {
    expect(problemsOfRule('{ name: a, warnAfter: 1h, notice: none }').map(({ path }) => path)).toEqual([
      'policies.default[0].notice',
      'policies.default[0].warnAfter',
    ]);
  });

  it.each([
    ['', 'a mapping with the keys targets, policies, notices, runs', null],
    ['a: [', 'YAML', 1],
    ['a: 1\na: 2', 'YAML', 2],
    ['targets: *nobody', 'YAML', null],
    ['- 1', 'a mapping with the keys targets, policies, notices, runs', 1],
    [MINIMAL.replace('prod:', 'Prod:'), 'a name of 1 to 40 lower-case letters, digits and hyphens', 2],
    [MINIMAL.replace('prod:', '__proto__:'), 'a key of this file', 2],
    [`${MINIMAL}run: {}`, 'one of the keys targets, policies, notices, runs', 12],
    [`targets: {}\n${POLICY}${NOTICES}`, 'at least one target', 1],
    [`${TARGET}policies: { default: [] }\n${NOTICES}`, 'at least one rule', 8],
    [TARGET + POLICY, 'a mapping with the keys defaultOwner, owners', 1],
    [`${MINIMAL}runs: { settle: { rounds: 0 } }`, 'a whole number from 1 to 20', 12],
    [`${MINIMAL}runs: { pollWaits: [] }`, 'at least one wait', 12],
  ])('refuses the file %j', (text, expected, line) => {
    expect(problemsOf(text)).toEqual([expect.objectContaining({ expected: expect.stringContaining(expected), line })]);
  });
});

describe('loadConfig', () => {
  it("reads the repository's own file", () => {
    const { targets } = loadConfig('slotkeeper.yml');
    expect(targets['local']).toMatchObject({
      cluster: 'local',
      database: 'dev',
      dbUser: 'awsuser',
      schedule: 'rate(10 minutes)',
      slots: { limit: 100, keepFree: 10 },
    });
    expect(targets['local']?.rules.map((rule) => rule.name)).toEqual([
      'etl-is-exempt',
      'idle-in-transaction',
      'everyone-else',
    ]);
  });

  it('says so when there is no such file, or none that can be read', () => {
    const directory = mkdtempSync(join(tmpdir(), 'slotkeeper-config-'));
    try {
      expect(() => loadConfig(join(directory, 'none.yml'))).toThrow(
        /none\.yml has 1 problem:\n.*got no such file; copy/,
      );
      expect(() => loadConfig(directory)).toThrow(/a file that cannot be read \(EISDIR\)/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
