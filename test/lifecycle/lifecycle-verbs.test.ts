import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../src/lifecycle/backend-record.ts';
import { claimTermination } from '../../src/lifecycle/claim-termination.ts';
import { IllegalTransition } from '../../src/lifecycle/illegal-transition.ts';
import { loseBackend } from '../../src/lifecycle/lose-backend.ts';
import type { Outcome } from '../../src/lifecycle/outcome.ts';
import { recoverBackend } from '../../src/lifecycle/recover-backend.ts';
import { settleTermination } from '../../src/lifecycle/settle-termination.ts';
import { signalBackend, wasSignalled } from '../../src/lifecycle/signal-backend.ts';
import { warnBackend } from '../../src/lifecycle/warn-backend.ts';
import { dashboardMember } from '../support/example-member.ts';

const receipt = {
  messageId: 'message-1',
  at: '2026-11-20T15:00:00.000Z',
  channel: 'sns',
  owner: 'bi-team@example.com',
  runId: 'run-1',
};
const member = dashboardMember();
const by = 'run:run-1';

function warned(endsAt = member.endsAt): BackendRecord {
  return warnBackend(null, { member: { ...member, endsAt }, receipt, at: '2026-11-20T15:00:01.000Z', by });
}

function claimed(at = '2026-11-20T15:15:00.000Z'): BackendRecord {
  const announced = warned('2026-11-20T15:15:00.000Z');
  return claimTermination(announced, { member, grace: 900, at, runId: 'run-2', by: 'run:run-2' });
}

function settled(outcome: Outcome, lastActiveAt: string | null = null): BackendRecord {
  return settleTermination(claimed(), { outcome, lastActiveAt, detail: {}, at: '2026-11-20T15:15:09.000Z', by });
}

describe('a backend that is warned', () => {
  it('keeps the receipt, the rule and the moment of its end, with one event that tells of them', () => {
    expect(warned()).toMatchObject({
      identity: member.identity,
      state: 'warned',
      version: 1,
      receipt,
      rule: 'dashboards',
      lastActiveAt: '2026-11-20T13:58:02.123456Z',
      endsAt: '2026-11-20T15:30:02.000Z',
      updatedAt: '2026-11-20T15:00:01.000Z',
      events: [
        { type: 'warned', by, at: '2026-11-20T15:00:01.000Z', detail: { idleSeconds: 3720, rule: 'dashboards' } },
      ],
    });
  });

  it('is not warned again in the same idle spell: that would move its grace', () => {
    expect(() => warnBackend(warned(), { member, receipt, at: receipt.at, by })).toThrow(
      new IllegalTransition('warn', 'warned', 'not recorded, recovered or gone'),
    );
  });

  it('is not warned on the record of another backend that had its pid', () => {
    const other = dashboardMember({ identity: { ...member.identity, startedAt: '2026-11-20T10:00:00Z' } });
    const gone = loseBackend(warned(), { at: receipt.at, by });
    expect(() => warnBackend(gone, { member: other, receipt, at: receipt.at, by })).toThrow(IllegalTransition);
  });

  it('loses receipt, end and claim when it is used again, and may then be warned anew', () => {
    const used = '2026-11-20T15:05:00.000001Z';
    const recovered = recoverBackend(warned(), { lastActiveAt: used, at: '2026-11-20T15:10:00.000Z', by });
    expect(recovered).toMatchObject({
      state: 'recovered',
      receipt: null,
      endsAt: null,
      lastActiveAt: used,
      version: 2,
    });
    const again = warnBackend(recovered, {
      member: dashboardMember({ lastActiveAt: used }),
      receipt,
      at: receipt.at,
      by,
    });
    expect(again).toMatchObject({ state: 'warned', receipt, lastActiveAt: used, version: 3 });
  });

  it('is gone when somebody else closed it', () => {
    expect(loseBackend(warned(), { at: receipt.at, by })).toMatchObject({ state: 'gone', receipt, endsAt: null });
  });
});

describe('a claim', () => {
  it('is granted from the very second in which the grace is over', () => {
    expect(() => claimed('2026-11-20T15:14:59.999Z')).toThrow(/warned: grace-not-over/);
    expect(claimed('2026-11-20T15:15:00.000Z')).toMatchObject({
      state: 'terminating',
      claim: { runId: 'run-2', at: '2026-11-20T15:15:00.000Z' },
      receipt,
    });
  });

  it.each([
    ['without a record', null, /not recorded: not-warned/],
    [
      'after it was used again',
      recoverBackend(warned(), { lastActiveAt: '2026-11-20T15:05:00Z', at: receipt.at, by }),
      /used-since/,
    ],
    ['when it is gone', loseBackend(warned(), { at: receipt.at, by }), /gone: not-warned/],
    ['when it was ended', settled('gone'), /terminated \(gone\): not-warned/],
    ['without a receipt', { ...warned(), receipt: null }, /no-receipt/],
    ['while it is snoozed', { ...warned(), state: 'snoozed' as const, endsAt: '2026-11-20T19:00:00.000Z' }, /snoozed/],
    ['for ever snoozed', { ...warned(), state: 'snoozed' as const, endsAt: null }, /snoozed/],
  ])('is refused %s', (_, record, message) => {
    const terms = { member, grace: 900, at: '2026-11-20T18:00:00.000Z', runId: 'run-2', by };
    expect(() => claimTermination(record, terms)).toThrow(message);
  });

  it('needs neither record nor receipt where the rule ends without a warning', () => {
    const terms = { member, grace: null, at: '2026-11-20T15:00:00.000Z', runId: 'run-2', by };
    expect(claimTermination(null, terms)).toMatchObject({ state: 'terminating', version: 1, receipt: null });
    const used = recoverBackend(warned(), { lastActiveAt: '2026-11-20T15:05:00Z', at: receipt.at, by });
    expect(() => claimTermination(used, terms)).toThrow(/used-since/);
  });

  it('waits for an end that was announced, though a rule that ends without a warning has taken over since', () => {
    const terms = { member, grace: null, at: '2026-11-20T15:20:00.000Z', runId: 'run-2', by };
    const told = warned('2026-11-20T15:30:00.000Z');
    expect(() => claimTermination(told, terms)).toThrow(/grace-not-over/);
    expect(claimTermination(told, { ...terms, at: '2026-11-20T15:30:00.000Z' })).toMatchObject({
      state: 'terminating',
    });
  });

  it('of a run that died is taken over', () => {
    const terms = { member, grace: 900, at: '2026-11-20T15:40:00.000Z', runId: 'run-3', by: 'run:run-3' };
    expect(claimTermination(claimed(), terms)).toMatchObject({ claim: { runId: 'run-3' }, version: 3, receipt });
  });

  it('may be made anew on one whose end did not take', () => {
    const terms = { member, grace: 900, at: '2026-11-20T15:40:00.000Z', runId: 'run-3', by: 'run:run-3' };
    expect(claimTermination(settled('still-there'), terms)).toMatchObject({ state: 'terminating', outcome: null });
  });
});

describe('a settled end', () => {
  it.each([
    ['gone', 'terminated', 'terminated'],
    ['already-gone', 'terminated', 'terminated'],
    ['denied', 'terminated', 'termination-failed'],
    ['still-there', 'terminated', 'termination-failed'],
  ] as const)(
    'with outcome %s leaves it %s, by the event %s, without a claim and with its receipt',
    (outcome, state, type) => {
      const record = settled(outcome);
      expect(record).toMatchObject({ state, outcome, claim: null, receipt, version: 3 });
      expect(record.events.at(-1)).toMatchObject({ type, detail: { outcome } });
    },
  );

  it('with outcome busy-again is a recovery: the receipt is spent and the clock starts anew', () => {
    const record = settled('busy-again', '2026-11-20T15:15:05Z');
    expect(record).toMatchObject({
      state: 'recovered',
      outcome: 'busy-again',
      receipt: null,
      claim: null,
      lastActiveAt: '2026-11-20T15:15:05Z',
    });
  });

  it('needs a claim', () => {
    const act = () =>
      settleTermination(warned(), { outcome: 'gone', lastActiveAt: null, detail: {}, at: receipt.at, by });
    expect(act).toThrow('Expected a backend that is terminating to settle, got one that is warned.');
  });
});

describe('a signal', () => {
  it('is remembered beyond its round, for its own run only', () => {
    const record = signalBackend(claimed(), { round: 0, at: receipt.at, by: 'run:run-2' });
    expect(record.state).toBe('terminating');
    expect(wasSignalled(record, 'run:run-2')).toBe(true);
    expect(wasSignalled(record, 'run:run-3')).toBe(false);
  });

  it('needs a claim', () => {
    expect(() => signalBackend(warned(), { round: 0, at: receipt.at, by })).toThrow(IllegalTransition);
  });
});
