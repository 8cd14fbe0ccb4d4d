import { describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backends/backend.ts';
import { backendKey } from '../../src/lifecycle/backend-key.ts';
import { describeVerdict } from '../../src/policy/describe-verdict.ts';
import { type JudgeInput, judge } from '../../src/policy/judge.ts';
import { makePlan } from '../../src/policy/make-plan.ts';
import type { PoolStanding } from '../../src/policy/pool-standing.ts';
import {
  exampleRule,
  idleBackend,
  judgeInput,
  NOW,
  secondsBefore,
  snapshotOf,
  warnedRecord,
} from './policy-examples.ts';

function judgeAlone(backend: Backend, changes: Partial<JudgeInput> = {}) {
  const [verdict] = judge(judgeInput([backend], changes));
  if (verdict === undefined) {
    throw new Error('expected one verdict for one backend');
  }
  return verdict;
}

const HOUR_AND_HALF = idleBackend(5400);

describe('protections', () => {
  it.each<[string, Partial<Backend>, string]>([
    ['own', { own: true, system: true, activity: 'running' }, "Slotkeeper's own session, kept"],
    ['system', { system: true, activity: 'running', superuser: true }, "the platform's own session, kept"],
    ['running', { activity: 'running', superuser: true }, 'runs a statement, kept'],
    ['unknown', { activity: 'unknown', superuser: true }, 'activity unknown, kept'],
    ['superuser', { superuser: true }, 'superuser that its rule does not name, kept'],
  ])('keep a backend that is %s, before any rule', (code, changes, sentence) => {
    const backend = { ...HOUR_AND_HALF, ...changes };
    const verdict = judgeAlone(backend, {
      records: [warnedRecord(backend, 3600)],
      rules: [exampleRule({ match: { user: ['*'] }, notice: 'none' })],
    });
    expect(verdict).toMatchObject({ action: 'keep', code, rule: null, owner: null, endsAt: null });
    expect(verdict.reasons).toMatchObject([{ held: false }]);
    expect(describeVerdict(verdict)).toBe(sentence);
  });

  it('give way to the deciding rule only where it names the superuser without a wildcard', () => {
    const superuser = { ...HOUR_AND_HALF, superuser: true };
    const named = exampleRule({ name: 'named', match: { user: ['root', 'BI_Reader'] } });
    expect(judgeAlone(superuser, { rules: [named] })).toMatchObject({ action: 'warn', rule: 'named' });
    expect(judgeAlone(superuser, { rules: [exampleRule(), named] })).toMatchObject({
      action: 'keep',
      code: 'superuser',
    });
    expect(judgeAlone(superuser, { rules: [] })).toMatchObject({ action: 'keep', code: 'superuser' });
  });

  it('keep everyone while the clocks are further apart than an idle time can be believed', () => {
    const verdict = judgeAlone(HOUR_AND_HALF, {
      records: [warnedRecord(HOUR_AND_HALF, 3600)],
      snapshot: snapshotOf([HOUR_AND_HALF], { takenAt: '2026-11-20T16:00:00.000000Z' }),
    });
    expect(verdict).toMatchObject({ action: 'keep', code: 'unknown' });
    expect(describeVerdict(verdict)).toBe("activity unknown: the server's clock is 59m 58s ahead of ours, kept");
  });
});

describe('rules', () => {
  it('decide by the first match, and keep what none matches', () => {
    const rules = [
      exampleRule({ name: 'etl', match: { user: ['etl*'] }, keep: true }),
      exampleRule({
        name: 'tableau',
        match: { application: ['tableau*'], clientHost: ['10.*'] },
        warnAfter: 7200,
        terminateAfter: null,
      }),
      exampleRule({ name: 'in-transaction', match: { activity: ['idle-in-transaction'] } }),
    ];
    expect(judgeAlone(HOUR_AND_HALF, { rules })).toMatchObject({
      rule: 'tableau',
      code: 'below-warning',
      endsAt: null,
    });
    const etl = { ...HOUR_AND_HALF, identity: { ...HOUR_AND_HALF.identity, user: 'etl_1' } };
    expect(judgeAlone(etl, { rules })).toMatchObject({ rule: 'etl', code: 'exempt', action: 'keep' });
    const open = { ...HOUR_AND_HALF, application: 'psql', activity: 'idle-in-transaction' as const };
    expect(judgeAlone(open, { rules })).toMatchObject({ rule: 'in-transaction', action: 'warn' });
    const psql = judgeAlone({ ...HOUR_AND_HALF, application: 'psql' }, { rules });
    expect(psql).toMatchObject({ rule: null, code: 'no-rule', action: 'keep' });
    expect(describeVerdict(psql)).toBe('no rule matches, kept');
  });

  it('ask who owns only what a rule decides about', () => {
    const verdict = judgeAlone(HOUR_AND_HALF, {
      ownerOf: (backend, rule) => ({ owner: `${backend.identity.user}/${rule.name}`, by: 'rule' }),
    });
    expect(verdict.owner).toBe('bi_reader/everyone-else');
  });
});

describe('the way from idle to ended', () => {
  it('keeps what has not been idle for long, and says when that would end', () => {
    const verdict = judgeAlone(idleBackend(1799));
    expect(verdict).toMatchObject({ action: 'keep', code: 'below-warning', endsAt: '2026-11-20T15:30:03.000Z' });
    expect(describeVerdict(verdict)).toBe('idle 29m 59s < 30m (rule everyone-else), kept, ends 15:30 at the earliest');
  });

  it('warns at warnAfter, and ends neither before terminateAfter nor before the grace is over', () => {
    expect(judgeAlone(idleBackend(1800))).toMatchObject({
      action: 'warn',
      code: 'due-warning',
      endsAt: '2026-11-20T15:30:02.000Z',
    });
    const late = judgeAlone(idleBackend(9000));
    expect(late).toMatchObject({ action: 'warn', endsAt: '2026-11-20T15:15:02.000Z' });
    expect(describeVerdict(late)).toBe(
      'idle 2h 30m ≥ 30m (rule everyone-else), to be warned, ends 15:15 at the earliest',
    );
  });

  it('warns first where a rule has no warnAfter', () => {
    const rules = [exampleRule({ warnAfter: null })];
    expect(judgeAlone(idleBackend(3599), { rules })).toMatchObject({ action: 'keep', code: 'below-warning' });
    expect(judgeAlone(idleBackend(3600), { rules })).toMatchObject({
      action: 'warn',
      endsAt: '2026-11-20T15:15:02.000Z',
    });
  });

  it('waits for the grace by its own clock, then ends', () => {
    const waiting = judgeAlone(HOUR_AND_HALF, { records: [warnedRecord(HOUR_AND_HALF, 899)] });
    expect(waiting).toMatchObject({ action: 'keep', code: 'warned-waiting', endsAt: '2026-11-20T15:00:03.000Z' });
    const due = judgeAlone(idleBackend(5520), { records: [warnedRecord(idleBackend(5520), 900)] });
    expect(due).toMatchObject({ action: 'terminate', code: 'due-termination', endsAt: '2026-11-20T15:00:02.000Z' });
    expect(due.reasons).toEqual([
      { clause: 'idle >= terminateAfter', measured: 5520, limit: 3600, held: true },
      { clause: 'receipt in this idle spell', measured: secondsBefore(900), limit: true, held: true },
      { clause: 'receipt age >= grace', measured: 900, limit: 900, held: true },
    ]);
    expect(describeVerdict(due)).toBe('idle 1h 32m ≥ 1h (rule everyone-else), warned 14:45, ends now');
  });

  it('keeps what was warned long ago but is not idle for long enough', () => {
    const backend = idleBackend(3599);
    const verdict = judgeAlone(backend, { records: [warnedRecord(backend, 1700)] });
    expect(verdict).toMatchObject({ action: 'keep', code: 'below-termination', endsAt: '2026-11-20T15:00:03.000Z' });
  });

  it('only warns, and once, where a rule has no terminateAfter', () => {
    const rules = [exampleRule({ terminateAfter: null })];
    expect(judgeAlone(HOUR_AND_HALF, { rules })).toMatchObject({ action: 'warn', endsAt: null });
    const again = judgeAlone(HOUR_AND_HALF, { rules, records: [warnedRecord(HOUR_AND_HALF, 90_000)] });
    expect(again).toMatchObject({ action: 'keep', code: 'warn-only', endsAt: null });
    expect(describeVerdict(again)).toMatch(/^idle 1h 30m \(rule everyone-else\), warned \d\d:\d\d, kept, never ended$/);
  });

  it('warns anew, and ends only by that, where the owner was told that there would be no end', () => {
    const records = [warnedRecord(HOUR_AND_HALF, 90_000, { endsAt: null })];
    const verdict = judgeAlone(HOUR_AND_HALF, { records });
    expect(verdict).toMatchObject({ action: 'warn', code: 'due-warning', endsAt: '2026-11-20T15:15:02.000Z' });
    expect(verdict.reasons.at(-1)).toEqual({
      clause: 'receipt announced an end',
      measured: false,
      limit: true,
      held: false,
    });
    const rules = [exampleRule({ terminateAfter: null, whenFreeSlotsBelow: { terminateAfter: 3600 } })];
    expect(judgeAlone(HOUR_AND_HALF, { records, rules })).toMatchObject({ action: 'warn' });
    const canary = { seesEveryone: true, mayEndOthers: false, ownPid: 9, ownSessionSeen: true };
    const snapshot = snapshotOf([HOUR_AND_HALF], { canary });
    expect(judgeAlone(HOUR_AND_HALF, { records, snapshot })).toMatchObject({ action: 'keep', code: 'may-not-end' });
  });

  it('ends without a warning only where the rule says notice: none', () => {
    const rules = [exampleRule({ notice: 'none', warnAfter: null })];
    expect(judgeAlone(idleBackend(3599), { rules })).toMatchObject({ action: 'keep', code: 'below-termination' });
    expect(judgeAlone(idleBackend(3600), { rules })).toMatchObject({ action: 'terminate', code: 'due-termination' });
  });

  it('waits for the end that was announced where a rule that ends without a warning has taken over since', () => {
    const rules = [exampleRule({ notice: 'none', warnAfter: null })];
    const announced = '2026-11-20T15:10:00.000Z';
    const told = judgeAlone(HOUR_AND_HALF, {
      rules,
      records: [warnedRecord(HOUR_AND_HALF, 60, { endsAt: announced })],
    });
    expect(told).toMatchObject({ action: 'keep', code: 'warned-waiting', endsAt: announced });
    expect(told.reasons.at(-1)).toEqual({
      clause: 'announced end is over',
      measured: announced,
      limit: NOW.toISOString(),
      held: false,
    });
    const over = [warnedRecord(HOUR_AND_HALF, 60, { endsAt: NOW.toISOString() })];
    expect(judgeAlone(HOUR_AND_HALF, { rules, records: over })).toMatchObject({ action: 'terminate' });
    const earlier = [warnedRecord(HOUR_AND_HALF, 60, { endsAt: announced, lastActiveAt: '2026-11-20T12:00:00Z' })];
    expect(judgeAlone(HOUR_AND_HALF, { rules, records: earlier })).toMatchObject({ action: 'terminate' });
  });

  it('ends what a dead run had claimed and what an earlier end did not take, on their old receipt', () => {
    for (const changes of [
      { state: 'terminating' as const, claim: { runId: 'run-1', at: secondsBefore(60) } },
      { state: 'terminated' as const, outcome: 'still-there' as const },
      { state: 'terminated' as const, outcome: 'denied' as const },
    ]) {
      const records = [warnedRecord(HOUR_AND_HALF, 1000, changes)];
      expect(judgeAlone(HOUR_AND_HALF, { records })).toMatchObject({ action: 'terminate', recovered: false });
    }
  });
});

describe('what a warning is about', () => {
  it('starts anew when the backend was used since', () => {
    const earlier = warnedRecord(HOUR_AND_HALF, 7000, {
      lastActiveAt: secondsBefore(9000, new Date('2026-11-20T15:00:00Z')),
    });
    expect(judgeAlone(HOUR_AND_HALF, { records: [earlier] })).toMatchObject({ action: 'warn', recovered: true });
    const running = idleBackend(0, { activity: 'running' });
    const warned = warnedRecord(running, 7000);
    expect(judgeAlone(running, { records: [warned] })).toMatchObject({ code: 'running', recovered: true });
  });

  it('takes nothing from an activity that is unknown', () => {
    const unknown = idleBackend(60, { activity: 'unknown' });
    const record = warnedRecord(unknown, 7000, { lastActiveAt: '2026-11-20T08:00:00Z' });
    expect(judgeAlone(unknown, { records: [record] })).toMatchObject({ code: 'unknown', recovered: false });
  });

  it.each([
    ['another start', { identity: { ...HOUR_AND_HALF.identity, startedAt: '2026-11-20T05:12:45Z' } }],
    ['another user', { identity: { ...HOUR_AND_HALF.identity, user: 'bi_writer' } }],
    ['a later spell than the snapshot shows', { lastActiveAt: '2026-11-20T14:59:00.000000Z' }],
    ['a recovered one', { state: 'recovered' as const }],
    ['one that is gone', { state: 'gone' as const }],
    ['one that was busy again', { state: 'terminated' as const, outcome: 'busy-again' as const }],
    ['a warning without receipt', { receipt: null }],
  ])('does not count for %s', (_, changes) => {
    const records = [warnedRecord(HOUR_AND_HALF, 7000, changes)];
    expect(judgeAlone(HOUR_AND_HALF, { records })).toMatchObject({ action: 'warn', recovered: false });
  });

  it('counts whatever the precision of the times', () => {
    const backend = { ...HOUR_AND_HALF, lastActiveAt: '2026-11-20T13:30:00Z' };
    const records = [warnedRecord(backend, 1000, { lastActiveAt: '2026-11-20T13:30:00.000000Z' })];
    expect(judgeAlone(backend, { records }).action).toBe('terminate');
  });

  it('rests while snoozed, and counts again afterwards', () => {
    const snoozed = (endsAt: string | null) => [warnedRecord(HOUR_AND_HALF, 5000, { state: 'snoozed', endsAt })];
    const verdict = judgeAlone(HOUR_AND_HALF, { records: snoozed('2026-11-20T16:30:00.000Z') });
    expect(verdict).toMatchObject({ action: 'keep', code: 'snoozed', endsAt: '2026-11-20T16:30:00.000Z' });
    expect(describeVerdict(verdict)).toBe('idle 1h 30m (rule everyone-else), snoozed until 2026-11-20 16:30');
    expect(judgeAlone(HOUR_AND_HALF, { records: snoozed(null) })).toMatchObject({ code: 'snoozed', endsAt: null });
    expect(judgeAlone(HOUR_AND_HALF, { records: snoozed(NOW.toISOString()) }).action).toBe('terminate');
  });
});

describe('a session of the pool', () => {
  const session = { tenant: 'acme', database: 'dev', dbUser: 'tenant_acme', slot: 0, id: 's-1', fence: 7 };
  const judged = (standing: PoolStanding, changes: Partial<JudgeInput> = {}) =>
    judgeAlone(HOUR_AND_HALF, {
      rules: [exampleRule({ warnAfter: null, notice: 'none' })],
      standings: new Map([[backendKey(HOUR_AND_HALF.identity), standing]]),
      ...changes,
    });

  it.each([
    ['leased', 'leased', 'leased from the session pool, kept'],
    ['unclear', 'pool-unclear', 'perhaps a session that the pool is opening, kept'],
  ] as const)('that is %s is kept before any rule is asked', (kind, code, sentence) => {
    const verdict = judged({ kind });
    expect(verdict).toMatchObject({ action: 'keep', code, rule: null, standing: { kind } });
    expect(verdict.reasons).toEqual([
      { clause: 'not leased from the pool', measured: kind, limit: 'leased', held: false },
    ]);
    expect(describeVerdict(verdict)).toBe(sentence);
  });

  it.each<[PoolStanding, string]>([
    [{ kind: 'idle', session }, 'pooled, idle 1h 30m ≥ 1h (rule everyone-else), ends now'],
    [{ kind: 'draining', session }, 'pooled, idle 1h 30m ≥ 1h (rule everyone-else), ends now'],
    [{ kind: 'orphan' }, 'orphan of the pool, idle 1h 30m ≥ 1h (rule everyone-else), ends now'],
  ])('that nobody has ($kind) is judged by its rule, which says what it was', (standing, sentence) => {
    const verdict = judged(standing);
    expect(verdict).toMatchObject({ action: 'terminate', code: 'due-termination', standing });
    expect(verdict.reasons.at(-1)).toEqual({
      clause: 'not leased from the pool',
      measured: standing.kind,
      limit: 'leased',
      held: true,
    });
    expect(describeVerdict(verdict)).toBe(sentence);
    expect(makePlan(snapshotOf([HOUR_AND_HALF]), [verdict]).members).toMatchObject([{ standing }]);
  });

  it('is told from others, and one that is lost from one that is idle, by match.pool', () => {
    const rules = [
      exampleRule({ name: 'orphans', match: { pool: ['orphan'] } }),
      exampleRule({ name: 'pooled', match: { pool: ['idle'] } }),
      exampleRule({ name: 'rest' }),
    ];
    expect(judged({ kind: 'orphan' }, { rules }).rule).toBe('orphans');
    expect(judged({ kind: 'idle', session }, { rules }).rule).toBe('pooled');
    expect(judged({ kind: 'draining', session }, { rules }).rule).toBe('pooled');
    expect(judgeAlone(HOUR_AND_HALF, { rules }).rule).toBe('rest');
    const both = [exampleRule({ name: 'both', match: { pool: ['idle', 'orphan'] } })];
    expect(judged({ kind: 'orphan' }, { rules: both }).rule).toBe('both');
    expect(judgeAlone(HOUR_AND_HALF, { rules: both }).code).toBe('no-rule');
  });

  it('makes another plan than the same backend that is none of the pool', () => {
    const plain = judgeAlone(HOUR_AND_HALF, { rules: [exampleRule({ warnAfter: null, notice: 'none' })] });
    const hashes = [plain, judged({ kind: 'idle', session }), judged({ kind: 'orphan' })].map(
      (verdict) => makePlan(snapshotOf([HOUR_AND_HALF]), [verdict]).hash,
    );
    expect(new Set(hashes).size).toBe(3);
  });
});
