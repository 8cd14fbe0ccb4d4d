import { describe, expect, it } from 'vitest';
import { tableShape } from '../../src/cli/doctor/table-shape.ts';
import { judgeAudience, type Reach } from '../../src/doctor/deployment/judge-audience.ts';
import { judgeDeployment } from '../../src/doctor/deployment/judge-deployment.ts';
import { judgeExecutions } from '../../src/doctor/deployment/judge-executions.ts';
import { judgeKeptSession, type KeptSessionFacts } from '../../src/doctor/deployment/judge-kept-session.ts';
import { judgeRecentRuns } from '../../src/doctor/deployment/judge-recent-runs.ts';
import { judgeRunTimes } from '../../src/doctor/deployment/judge-run-times.ts';
import { judgeSchedule, type ScheduleRule } from '../../src/doctor/deployment/judge-schedule.ts';
import { judgeClientToken, judgeKeepAlive } from '../../src/doctor/deployment/judge-settings.ts';
import { judgeTable, type TableFacts } from '../../src/doctor/deployment/judge-table.ts';
import { judgeExpiry, judgeRecovery } from '../../src/doctor/deployment/judge-table-upkeep.ts';
import { known, unknown } from '../../src/doctor/fact.ts';
import { sessionTableSchema } from '../../src/session-table/session-table-schema.ts';

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:slotkeeper-prod-owners';

describe('who gets messages', () => {
  const reach = (changes: Partial<Reach> = {}): Reach => ({
    owner: 'ops@example.com',
    target: 'rs',
    confirmed: 1,
    pending: 0,
    filtered: 0,
    ...changes,
  });
  const owners = (reaches: readonly Reach[]) => judgeAudience(known(reaches), { audience: 'owners', topicArn: TOPIC });

  it.each<[string, readonly Reach[], string, string]>([
    ['each owner', [reach(), reach({ owner: 'bi', filtered: 1 })], 'ok', '2 of 2 owners are reached'],
    ['one of two', [reach(), reach({ owner: 'bi', confirmed: 0 })], 'problem', 'nobody is told for bi (target rs)'],
    ['nobody yet', [reach({ confirmed: 0, pending: 2 })], 'problem', '(target rs); 2 never confirmed'],
    [
      'nobody behind filters',
      [reach({ confirmed: 0, filtered: 3 })],
      'problem',
      'the filters of 3 confirmed refuse it',
    ],
    ['each, but one waits', [reach({ pending: 1 })], 'warning', '1 never confirmed: look for the mail'],
  ])('%s', (_, reaches, verdict, found) => {
    const check = owners(reaches);
    expect(check).toMatchObject({ name: 'owners-subscribed', verdict, found: expect.stringContaining(found) });
    expect(check.mend.length > 0).toBe(verdict !== 'ok');
  });

  it('names the line that subscribes exactly the owner that is missed, once', () => {
    const missed = reach({ owner: "o'neil@example.com", confirmed: 0 });
    expect(owners([reach(), missed, { ...missed, target: 'other' }]).mend).toEqual([
      {
        kind: 'cli',
        line: `aws sns subscribe --topic-arn ${TOPIC} --protocol email --notification-endpoint 'o'\\''neil@example.com' --attributes '{"FilterPolicy":"{\\"owner\\":[\\"o'\\''neil@example.com\\"]}"}'`,
      },
    ]);
  });

  it('asks for one subscription, whoever it is, where operators are told', () => {
    const about = { audience: 'operators', topicArn: TOPIC } as const;
    expect(judgeAudience(known([reach({ owner: null })]), about)).toMatchObject({
      verdict: 'ok',
      found: 'they are reached',
    });
    expect(judgeAudience(known([reach({ owner: null, confirmed: 0 })]), about)).toMatchObject({
      verdict: 'problem',
      found: 'nobody is told for operators (target rs)',
      mend: [{ kind: 'cli', line: expect.stringMatching(/--notification-endpoint oncall@example\.com$/) }],
    });
    expect(judgeAudience(unknown('no right'), about)).toMatchObject({ verdict: 'cannot-tell', found: 'no right' });
  });
});

describe('the session table', () => {
  const shape = tableShape(sessionTableSchema('slotkeeper-prod-sessions'));
  const about = { table: 'slotkeeper-prod-sessions', stage: 'prod', shape };
  const table = (changes: Partial<TableFacts> = {}): TableFacts => ({
    ...shape,
    status: 'ACTIVE',
    busyIndexes: [],
    ...changes,
  });

  it('is what the code creates', () => {
    expect(shape).toEqual({
      keys: ['pk', 'sk'],
      indexes: [
        { name: 'live', keys: ['livePk', 'liveSk'], projection: 'ALL' },
        { name: 'history', keys: ['historyPk', 'historySk'], projection: 'KEYS_ONLY' },
      ],
    });
    expect(judgeTable(known(table()), about).verdict).toBe('ok');
  });

  it.each<[string, TableFacts | null, string, string]>([
    ['missing', null, 'problem', 'no table slotkeeper-prod-sessions'],
    ['of other keys', table({ keys: ['pk'] }), 'problem', 'its keys are pk'],
    ['without an index', table({ indexes: shape.indexes.slice(0, 1) }), 'problem', 'index history is missing'],
    [
      'with an index that projects less',
      table({ indexes: shape.indexes.map((index) => ({ ...index, projection: 'KEYS_ONLY' })) }),
      'problem',
      'index live is on livePk, liveSk and projects KEYS_ONLY',
    ],
    ['being changed', table({ status: 'UPDATING' }), 'warning', 'table UPDATING'],
    ['with an index being built', table({ busyIndexes: ['live'] }), 'warning', 'not yet ACTIVE: live'],
  ])('%s', (_, facts, verdict, found) => {
    expect(judgeTable(known(facts), about)).toMatchObject({ verdict, found: expect.stringContaining(found) });
  });

  it('expires old items and can be brought back', () => {
    expect(judgeExpiry(known({ attribute: 'ttl' }), about).verdict).toBe('ok');
    expect(judgeExpiry(known({ attribute: 'expires' }), about)).toMatchObject({
      verdict: 'warning',
      found: 'on, but for attribute expires',
    });
    expect(judgeExpiry(known({ attribute: null }), about).mend[0]?.line).toBe(
      'aws dynamodb update-time-to-live --table-name slotkeeper-prod-sessions --time-to-live-specification Enabled=true,AttributeName=ttl',
    );
    expect(judgeRecovery(known({ pointInTime: true }), about).verdict).toBe('ok');
    expect(judgeRecovery(known({ pointInTime: false }), about)).toMatchObject({
      verdict: 'warning',
      mend: [{ kind: 'cli' }],
    });
  });
});

describe('the schedule', () => {
  const about = { stage: 'prod', target: 'rs', schedule: 'rate(10 minutes)', ruleName: 'slotkeeper-prod-rs-schedule' };
  const rule = (changes: Partial<ScheduleRule> = {}): ScheduleRule => ({
    name: about.ruleName,
    expression: 'rate(10 minutes)',
    enabled: true,
    startsRuns: true,
    ...changes,
  });

  it.each<[string, ScheduleRule | null, string | null, string, string]>([
    ['as configured', rule(), 'rate(10 minutes)', 'ok', 'rate(10 minutes), enabled'],
    ['missing', null, 'rate(10 minutes)', 'problem', 'nothing starts runs'],
    ['disabled', rule({ enabled: false }), 'rate(10 minutes)', 'problem', 'disabled: nothing starts runs'],
    [
      'for something else',
      rule({ startsRuns: false }),
      'rate(10 minutes)',
      'problem',
      'does not start runs of this target',
    ],
    [
      'of another pace',
      rule({ expression: 'rate(1 hour)' }),
      'rate(10 minutes)',
      'warning',
      'not what slotkeeper.yml says',
    ],
    ['of a target that is run by hand', null, null, 'ok', 'by hand'],
    ['though the target is run by hand', rule(), null, 'warning', 'though slotkeeper.yml has none'],
    ['left over, disabled', rule({ enabled: false }), null, 'ok', 'disabled'],
  ])('%s', (_, facts, schedule, verdict, found) => {
    const check = judgeSchedule(known(facts), { ...about, schedule });
    expect(check).toMatchObject({ verdict, found: expect.stringContaining(found) });
    expect(check.mend.length > 0).toBe(verdict !== 'ok');
  });

  it.each<[readonly number[], number | null, string | null, string, string]>([
    [[12, 40], 600, 'rate(10 minutes)', 'ok', 'the longest of 2 runs took 40s'],
    [[300], 600, 'rate(10 minutes)', 'warning', 'little is left'],
    [[601, 20], 600, 'rate(10 minutes)', 'problem', 'the next one is skipped'],
    [[], 600, 'rate(10 minutes)', 'cannot-tell', 'no run has ended yet'],
    [[601], null, null, 'ok', 'by hand'],
    [[600], null, 'cron(0 6 * * ? *)', 'ok', '10m'],
  ])('runs of %j s every %j s', (seconds, interval, schedule, verdict, found) => {
    expect(judgeRunTimes(known({ seconds }), { schedule, interval })).toMatchObject({
      verdict,
      found: expect.stringContaining(found),
    });
  });

  it('says how often to run instead', () => {
    const check = judgeRunTimes(known({ seconds: [601] }), { schedule: 'rate(10 minutes)', interval: 600 });
    expect(check.mend).toEqual([{ kind: 'yaml', line: 'schedule: rate(31 minutes)' }]);
  });
});

describe('recent runs', () => {
  const about = {
    target: 'rs',
    interval: 600,
    stage: 'prod',
    adviceFor: (error: string) => (error === 'CapExceeded' ? 'Raise the caps.' : null),
  };
  const run = (runId: string, ageSeconds: number, error: string | null = null) => ({
    runId,
    ageSeconds,
    state: error === null ? ('succeeded' as const) : ('failed' as const),
    error,
  });

  it.each([
    ['all well', [run('a', 60), run('b', 660)], 'ok', '2 ended, 0 failed, the newest began 1m ago', []],
    [
      'one failed, the last did not',
      [run('a', 60), run('b', 660, 'RunLockHeld')],
      'warning',
      '1 failed (RunLockHeld 1)',
      ['slotkeeper history b --target rs'],
    ],
    [
      'the last failed',
      [run('a', 60, 'CapExceeded')],
      'problem',
      'Raise the caps.',
      ['slotkeeper history a --target rs'],
    ],
    [
      'none for long',
      [run('a', 3000)],
      'problem',
      'the schedule starts none',
      ['slotkeeper status --target rs --stage prod'],
    ],
    ['none ever', [], 'warning', 'no run is on record', ['slotkeeper run --target rs --dry-run']],
  ])('%s', (_, runs, verdict, found, lines) => {
    const check = judgeRecentRuns(known({ runs }), about);
    expect(check).toMatchObject({ verdict, found: expect.stringContaining(found) });
    expect(check.mend.map(({ line }) => line)).toEqual(lines);
  });

  it('does not miss runs that nobody has scheduled, nor judge one that still runs', () => {
    expect(judgeRecentRuns(known({ runs: [run('a', 99_999)] }), { ...about, interval: null }).verdict).toBe('ok');
    expect(judgeRecentRuns(known({ runs: [] }), { ...about, interval: null }).verdict).toBe('cannot-tell');
    const running = { runId: 'r', ageSeconds: 1, state: 'running' as const, error: null };
    expect(judgeRecentRuns(known({ runs: [running] }), about)).toMatchObject({
      verdict: 'ok',
      found: '0 ended, 0 failed, the newest began 1s ago',
    });
  });
});

describe('executions', () => {
  const failed = (error: string | null) => ({ arn: 'arn:execution:x', error });
  it.each<[number, readonly (string | null)[], string, string]>([
    [0, [], 'cannot-tell', 'no execution yet'],
    [50, [], 'ok', 'none of the 50 newest'],
    [50, ['RunLockHeld', null], 'warning', '2 of the 50 newest: RunLockHeld, another run'],
    [50, ['RunLockHeld', 'TargetUnknown'], 'problem', 'RunLockHeld, TargetUnknown'],
    [9, [null], 'problem', '1 of the 9 newest: no error named'],
  ])('%i looked at, unrecorded %j', (looked, errors, verdict, found) => {
    const check = judgeExecutions(known({ looked, unrecorded: errors.map(failed) }));
    expect(check).toMatchObject({ verdict, found: expect.stringContaining(found) });
    expect(check.mend).toHaveLength(errors.length === 0 ? 0 : 1);
  });
});

describe('the deployment, its sessions and its settings', () => {
  it.each([
    [['prod'], null, 'ok', 'stage prod'],
    [['dev', 'prod'], 'dev', 'ok', 'stage dev'],
    [['dev', 'prod'], null, 'cannot-tell', 'several stages: dev, prod'],
    [['dev'], 'prod', 'problem', 'no stage prod; there is dev'],
    [[], null, 'problem', 'none'],
  ])('stages %j, wanted %j: %s', (stages, wanted, verdict, found) => {
    expect(judgeDeployment(known({ stages, wanted, unusable: null }))).toMatchObject({
      verdict,
      found: expect.stringContaining(found),
    });
  });

  it('tells of a stage that is there and cannot be used', () => {
    const facts = {
      stages: ['prod'],
      wanted: null,
      unusable: 'Expected the stack to be deployed, it is ROLLBACK_FAILED.',
    };
    expect(judgeDeployment(known(facts))).toMatchObject({
      verdict: 'problem',
      found: facts.unusable,
      mend: [{ line: 'npx serverless deploy --stage dev' }],
    });
  });

  const kept = (changes: Partial<KeptSessionFacts> = {}): KeptSessionFacts => ({
    ageSeconds: 120,
    asConfigured: true,
    status: 'AVAILABLE',
    ...changes,
  });
  it.each<[KeptSessionFacts | null, string, string]>([
    [kept(), 'ok', 'opened 2m ago, AVAILABLE'],
    [kept({ status: 'BUSY' }), 'ok', 'BUSY'],
    [kept({ status: 'CLOSED' }), 'warning', 'closed since'],
    [kept({ status: 'not-ours' }), 'cannot-tell', "belongs to the functions' role"],
    [kept({ asConfigured: false }), 'warning', 'as slotkeeper.yml said then'],
    [null, 'warning', 'none yet'],
  ])('a kept session %j', (facts, verdict, found) => {
    expect(judgeKeptSession(known(facts), { target: 'rs' })).toMatchObject({
      verdict,
      found: expect.stringContaining(found),
    });
  });

  const settings = { sessionKeepAlive: 3600, interval: 600, poolKeepAlive: 300, firstRule: 1800 };
  it.each([
    [{}, 'ok', "the reaper's 1h, the pool's 5m", []],
    [{ poolKeepAlive: null }, 'ok', "the reaper's 1h", []],
    [{ interval: 3600 }, 'warning', 'dies between two runs', ['runs: { sessionKeepAlive: 2h }']],
    [{ firstRule: 300 }, 'warning', 'the pool keeps them 5m', ['pool: { keepAlive: 2m30s }']],
    [{ sessionKeepAlive: 90_000 }, 'warning', 'runs.sessionKeepAlive is 90000 s', ['sessionKeepAlive: 1h']],
    [{ firstRule: null, interval: null }, 'ok', '1h', []],
  ])('settings %j', (changes, verdict, found, lines) => {
    const check = judgeKeepAlive({ ...settings, ...changes });
    expect(check).toMatchObject({ verdict, found: expect.stringContaining(found) });
    expect(check.mend.map(({ line }) => line)).toEqual(lines);
  });

  it('takes a token of up to 64 characters for runs of less than 8 hours', () => {
    expect(judgeClientToken('a'.repeat(64), 900).verdict).toBe('ok');
    expect(judgeClientToken('a'.repeat(65), 900).verdict).toBe('problem');
    expect(judgeClientToken('', 900).verdict).toBe('problem');
    expect(judgeClientToken('a', 8 * 3600).verdict).toBe('problem');
  });
});
