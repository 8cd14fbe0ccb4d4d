import { describe, expect, it } from 'vitest';
import { claimRefusal } from '../../src/lifecycle/claim-refusal.ts';
import { claimTermination } from '../../src/lifecycle/claim-termination.ts';
import { endSnooze } from '../../src/lifecycle/end-snooze.ts';
import { recoverBackend } from '../../src/lifecycle/recover-backend.ts';
import { snoozeOf } from '../../src/lifecycle/snooze.ts';
import { extendsLife, snoozeBackend, snoozeByTag, snoozeRefusal } from '../../src/lifecycle/snooze-backend.ts';
import { canWarn, warnBackend } from '../../src/lifecycle/warn-backend.ts';
import { dashboardMember } from '../support/example-member.ts';
import { warnedDashboard } from '../support/example-records.ts';

const AT = '2026-11-20T15:10:00.000Z';
const UNTIL = '2026-11-20T17:10:00.000Z';
const terms = { until: UNTIL, seconds: 7200, at: AT, by: 'cli:ann' };
const member = dashboardMember();

describe('a snooze', () => {
  it('keeps a warned backend until a time, and says who asked, for how long, and which end had been told', () => {
    const record = snoozeBackend(warnedDashboard(), terms);
    expect(record).toMatchObject({ state: 'snoozed', version: 2, endsAt: UNTIL, receipt: warnedDashboard().receipt });
    expect(record.events.at(-1)).toEqual({
      at: AT,
      type: 'snoozed',
      by: 'cli:ann',
      detail: {
        until: UNTIL,
        seconds: 7200,
        idleSince: '2026-11-20T13:58:02.123456Z',
        announcedEnd: '2026-11-20T15:30:04.250Z',
      },
    });
    expect(claimRefusal(record, { member, grace: 900, at: '2026-11-20T17:09:59.999Z' })).toBe('snoozed');
    expect(claimRefusal(record, { member, grace: 900, at: UNTIL })).toBeNull();
  });

  it('extends an earlier one and never shortens it', () => {
    const record = snoozeBackend(warnedDashboard(), terms);
    expect(extendsLife(record, '2026-11-20T16:00:00.000Z')).toBe(false);
    expect(() => snoozeBackend(record, { ...terms, until: '2026-11-20T16:00:00.000Z' })).toThrow(
      /kept until 2026-11-20T17:10/,
    );
    const longer = snoozeBackend(record, { ...terms, until: '2026-11-20T18:00:00.000Z', by: 'link:bi' });
    expect(longer).toMatchObject({ endsAt: '2026-11-20T18:00:00.000Z', snooze: { by: 'link:bi' } });
    expect(longer.snooze?.announcedEnd).toBe('2026-11-20T15:30:04.250Z');
  });

  it('is spent when its backend was used and is warned anew, even if the server still tells the old idle spell', () => {
    const { lastActiveAt } = warnedDashboard();
    const used = recoverBackend(snoozeBackend(warnedDashboard(), terms), { lastActiveAt, at: UNTIL, by: 'run:2' });
    const receipt = { messageId: 'm-2', at: UNTIL, channel: 'sns', owner: 'bi', runId: 'run-2' };
    const warned = warnBackend(used, { member, receipt, at: UNTIL, by: 'run:2' });
    expect(snoozeOf(warned, lastActiveAt)).toBeNull();
  });

  it('counts an end that is later by less than a minute as the same', () => {
    const record = snoozeBackend(warnedDashboard(), terms);
    expect(extendsLife(record, '2026-11-20T17:10:59.999Z')).toBe(false);
    expect(extendsLife(record, '2026-11-20T17:11:00.000Z')).toBe(true);
  });

  it.each([
    ['that nobody has on record', null, 'not-recorded'],
    ['whose end is claimed', warnedDashboard({ state: 'terminating' }), 'end-claimed'],
    ['whose end did not take', warnedDashboard({ state: 'terminated', outcome: 'still-there' }), 'end-claimed'],
    ['that has ended', warnedDashboard({ state: 'terminated', outcome: 'gone' }), 'ended'],
    ['that is gone', warnedDashboard({ state: 'gone' }), 'ended'],
    ['that was used since', warnedDashboard({ state: 'recovered' }), 'used-since'],
  ])('is refused for a backend %s', (_, record, refusal) => {
    expect(snoozeRefusal(record, null)).toBe(refusal);
  });

  it('is refused for another idle spell than the one that is meant', () => {
    expect(snoozeRefusal(warnedDashboard(), '2026-11-20T12:00:00Z')).toBe('used-since');
    expect(snoozeRefusal(warnedDashboard(), '2026-11-20T13:58:02.123456Z')).toBeNull();
  });

  it('is forgotten with its idle spell', () => {
    const used = '2026-11-20T16:00:00Z';
    const recovered = recoverBackend(snoozeBackend(warnedDashboard(), terms), {
      lastActiveAt: used,
      at: AT,
      by: 'run:2',
    });
    expect(snoozeOf(recovered, used)).toBeNull();
  });
});

describe('a snooze that is taken back', () => {
  it('is over at once, but the end is not before the one that was told', () => {
    const record = snoozeBackend(warnedDashboard(), terms);
    const early = endSnooze(record, { at: '2026-11-20T15:11:00.000Z', by: 'cli:ann' });
    expect(early).toMatchObject({ state: 'snoozed', endsAt: '2026-11-20T15:30:04.250Z' });
    expect(claimRefusal(early, { member, grace: 60, at: '2026-11-20T15:20:00.000Z' })).toBe('snoozed');
    const late = endSnooze(record, { at: '2026-11-20T16:00:00.000Z', by: 'cli:ann' });
    expect(late).toMatchObject({ endsAt: '2026-11-20T16:00:00.000Z' });
    expect(late.events.at(-1)).toMatchObject({
      type: 'snooze-ended',
      detail: { snoozedBy: 'cli:ann', snoozedUntil: UNTIL },
    });
    expect(
      claimTermination(late, { member, grace: 900, at: '2026-11-20T16:00:01.000Z', runId: 'r', by: 'run:r' }).state,
    ).toBe('terminating');
  });

  it('needs one that still holds', () => {
    expect(() => endSnooze(warnedDashboard(), { at: AT, by: 'cli:ann' })).toThrow(/is snoozed/);
    const record = snoozeBackend(warnedDashboard(), terms);
    expect(() => endSnooze(record, { at: UNTIL, by: 'cli:ann' })).toThrow(/is snoozed/);
  });
});

describe('a snooze by a tag', () => {
  it('needs no record and no receipt, and may be followed by a warning once it is over', () => {
    const record = snoozeByTag(null, { ...terms, by: 'sql:bi_reader', of: member });
    expect(record).toMatchObject({ state: 'snoozed', version: 1, receipt: null, endsAt: UNTIL, rule: member.rule });
    expect(canWarn(record, member, '2026-11-20T17:09:59.000Z')).toBe(false);
    expect(canWarn(record, member, UNTIL)).toBe(true);
    const receipt = { messageId: 'm', at: UNTIL, channel: 'sns', owner: 'bi', runId: 'r' };
    expect(warnBackend(record, { member, receipt, at: UNTIL, by: 'run:r' })).toMatchObject({
      state: 'warned',
      receipt,
    });
  });

  it('keeps the receipt of a warning in the same idle spell', () => {
    const record = snoozeByTag(warnedDashboard(), { ...terms, by: 'sql:bi_reader', of: member });
    expect(record.receipt).toEqual(warnedDashboard().receipt);
  });

  it('makes no warning of an end of a message that told of none', () => {
    const told = warnedDashboard({ endsAt: null });
    const record = snoozeByTag(told, { ...terms, by: 'sql:bi_reader', of: member });
    expect(record.receipt).toEqual(told.receipt);
    const later = '2026-11-20T20:00:00.000Z';
    expect(claimRefusal(record, { member, grace: 900, at: later })).toBe('no-receipt');
    expect(canWarn(record, member, '2026-11-20T17:09:59.000Z')).toBe(false);
    expect(canWarn(record, member, later)).toBe(true);
    const receipt = { messageId: 'm', at: later, channel: 'sns', owner: 'bi', runId: 'r' };
    expect(warnBackend(record, { member, receipt, at: later, by: 'run:r' })).toMatchObject({
      state: 'warned',
      receipt,
    });
  });

  it('does not touch a backend whose end is claimed', () => {
    const claimed = warnedDashboard({ state: 'terminating' });
    expect(() => snoozeByTag(claimed, { ...terms, of: member })).toThrow(/terminating/);
  });
});
