import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeDigest } from '../../src/notices/compose-digest.ts';
import { composeRunFailure } from '../../src/notices/compose-run-failure.ts';
import { formatDuration } from '../../src/notices/format-duration.ts';
import type { NoticeText } from '../../src/notices/notice-text.ts';
import { FREE_SLOTS_CLAUSE } from '../../src/policy/measure-pressure.ts';
import type { PlanMember } from '../../src/policy/plan.ts';

const NOW = new Date('2026-11-20T15:00:02.345Z');

function member(changes: Partial<PlanMember> & { pid?: number; user?: string } = {}): PlanMember {
  const { pid = 1073, user = 'bi_reader', ...rest } = changes;
  return {
    identity: { target: 'prod', pid, startedAt: '2026-11-20T09:12:44Z', user },
    action: 'warn',
    rule: 'everyone-else',
    code: 'due-warning',
    reasons: [],
    owner: 'bi@example.com',
    endsAt: '2026-11-20T15:30:02.345Z',
    database: 'dev',
    application: 'Tableau',
    clientHost: '10.1.2.3',
    activity: 'idle',
    lastActiveAt: '2026-11-20T14:28:00Z',
    idleSeconds: 1922,
    noticeId: 'n',
    ...rest,
  };
}

function digest(members: readonly PlanMember[], names: { target?: string; owner?: string } = {}) {
  return composeDigest({
    target: 'prod',
    owner: 'bi@example.com',
    members,
    snooze: null,
    runId: 'run-7',
    now: NOW,
    ...names,
  });
}

/** What SNS asks of a message (AWS page API_Publish). */
function expectPublishable({ subject, body, attributes }: NoticeText): void {
  expect(subject).toMatch(/^[A-Za-z0-9][\x20-\x7e]{0,99}$/);
  expect(Buffer.byteLength(subject + body + JSON.stringify(attributes))).toBeLessThan(256 * 1024);
  expect(body).not.toBe('');
  for (const value of Object.values(attributes)) {
    expect(value).not.toBe('');
  }
}

describe('composeDigest', () => {
  it('says that an end may depend on free slots only where one does', () => {
    const reasons = [{ clause: FREE_SLOTS_CLAUSE, measured: 30, limit: 20, held: false }];
    const sentence = 'may depend on how many slots are free: the times above are the earliest.';
    expect(digest([member({ reasons })]).body).toContain(sentence);
    expect(digest([member()]).body).not.toContain(sentence);
    expect(digest([member({ reasons, endsAt: null })]).body).not.toContain(sentence);
  });

  it('lists every backend in aligned columns, the soonest end first, and says how to keep it', () => {
    const { subject, body, attributes } = digest([
      member({ endsAt: null, pid: 7, application: '', activity: 'idle-in-transaction', idleSeconds: 90_000 }),
      member(),
      member({ pid: 23_456, endsAt: '2026-11-20T15:15:02.345Z', user: 'bi_loader', clientHost: '' }),
    ]);
    expect(subject).toBe('Slotkeeper: 3 idle sessions on prod, to be ended from 2026-11-20 15:15:02 UTC');
    expect(body).toBe(`Slotkeeper found 3 idle sessions of yours on prod at 2026-11-20 15:00:02 UTC.
Each holds a connection slot that others may need. All times are UTC.

PID    STARTED              USER       DATABASE  APPLICATION  HOST      STATE                IDLE    RULE           ENDS
23456  2026-11-20 09:12:44  bi_loader  dev       Tableau      -         idle                 32m 2s  everyone-else  2026-11-20 15:15:02
1073   2026-11-20 09:12:44  bi_reader  dev       Tableau      10.1.2.3  idle                 32m 2s  everyone-else  2026-11-20 15:30:02
7      2026-11-20 09:12:44  bi_reader  dev       -            10.1.2.3  idle in transaction  1d 1h   everyone-else  never

To keep a session, run any statement in it before its end: its idle time then starts anew.
If you do not need it, close it.

When a session is ended, its open transaction is rolled back, and its client sees a lost connection, in
PostgreSQL's words: terminating connection due to administrator command (57P01). Connecting again is enough.

Told: bi@example.com. Run: run-7.
`);
    expect(attributes).toEqual({ target: 'prod', owner: 'bi@example.com', action: 'warn' });
  });

  it('does not threaten where a rule only warns', () => {
    const { subject, body } = digest([member({ endsAt: null })]);
    expect(subject).toBe('Slotkeeper: 1 idle session on prod, nothing will be ended');
    expect(body).toContain('None of them will be ended.');
    expect(body).not.toContain('rolled back');
  });

  it('keeps one line per backend, whatever its client calls itself', () => {
    const { body } = digest([
      member({ application: 'a\nPID 1 fake\u202e\u0007', user: 'x'.repeat(60) }),
      member({ pid: 2 }),
    ]);
    const lines = body.split('\n').filter((line) => /^\d/.test(line));
    expect(lines).toHaveLength(2);
    expect(lines.find((line) => line.startsWith('1073'))).toContain('a?PID 1 fake??');
    expect(body).toContain(`${'x'.repeat(47)}…`);
  });

  it('makes no link of what a client calls itself', () => {
    const { body } = digest([
      member({ application: 'see https://evil.example/?link=1', user: 'WWW.evil.example', database: 'a www.b' }),
    ]);
    expect(body).toContain('see https[:]//evil.example/?link=1');
    expect(body).toContain('WWW[.]evil.example');
    expect(body).toContain('a www[.]b');
    expect(body).not.toMatch(/:\/\/|www\./i);
  });

  it('lists what fits a message and says how many more there are', () => {
    const members = Array.from({ length: 2_000 }, (_, index) =>
      member({ pid: 10_000 + index, application: 'é'.repeat(60) }),
    );
    const message = digest(members);
    expectPublishable(message);
    const listed = message.body.split('\n').filter((line) => /^\d{5} /.test(line)).length;
    const more = /… and (\d+) more: slotkeeper history run-7/.exec(message.body)?.[1];
    expect(listed).toBeGreaterThan(500);
    expect(listed + Number(more)).toBe(2_000);
  });

  it('is publishable whatever the names', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme', minLength: 40, maxLength: 200 }),
    );
    fc.assert(
      fc.property(name, name, name, name, (target, owner, user, application) => {
        expectPublishable(digest([member({ user, application })], { target, owner }));
        expectPublishable(composeRunFailure({ target, runId: user, error: owner, cause: application, now: NOW }));
      }),
    );
  });
});

describe('composeRunFailure', () => {
  const failure = { target: 'prod', runId: 'run-7', now: NOW };

  it('tells a refusal from a failure', () => {
    const refused = composeRunFailure({ ...failure, error: 'CapExceeded', cause: '12 terminations planned' });
    expect(refused).toEqual({
      subject: 'Slotkeeper: run for prod refused to act (CapExceeded)',
      body: `The run run-7 for prod refused to act at 2026-11-20 15:00:02 UTC.

Error: CapExceeded
12 terminations planned

No session was ended or warned by this run. The next run on the schedule decides anew.
To see what it did: slotkeeper history run-7
`,
      attributes: { target: 'prod', action: 'refused' },
    });
    const changed = composeRunFailure({ ...failure, error: 'PlanChanged', cause: '1 changed: pid 7 is gone' });
    expect(changed.subject).toBe('Slotkeeper: run for prod refused to act (PlanChanged)');
    expect(changed.body).toContain('No session was ended or warned by this run.');
    const failed = composeRunFailure({ ...failure, error: 'StatementFailed', cause: 'ERROR: x\nDETAIL: y\u0000' });
    expect(failed.subject).toBe('Slotkeeper: run for prod failed (StatementFailed)');
    expect(failed.body).toContain('\nERROR: x\nDETAIL: y?\n');
    expect(failed.attributes).toEqual({ target: 'prod', action: 'run-failed' });
  });

  it('works for a run that named no known target, and for a cause of any length', () => {
    const message = composeRunFailure({
      ...failure,
      target: null,
      error: 'TargetUnknown',
      cause: '😀'.repeat(100_000),
    });
    expect(message.subject).toBe('Slotkeeper: run for an unknown target failed (TargetUnknown)');
    expect(message.attributes).toEqual({ target: 'unknown', action: 'run-failed' });
    expectPublishable(message);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [-5, '0s'],
    [59.9, '59s'],
    [60, '1m'],
    [61, '1m 1s'],
    [5_520, '1h 32m'],
    [3_605, '1h'],
    [86_400, '1d'],
    [183_600, '2d 3h'],
    [86_460, '1d'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});
