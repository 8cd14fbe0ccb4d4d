import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { snoozeDocument } from '../../src/cli/json/snooze-document.ts';
import { warnedDashboard } from '../support/example-records.ts';
import { exampleTarget } from '../support/example-target.ts';
import { fakeCli } from './fake-cli.ts';

const ME = userInfo().username;

async function cliWith(...changes: readonly Parameters<typeof warnedDashboard>[0][]) {
  let now = '2026-11-20T15:10:00.000Z';
  const cli = fakeCli({
    targets: [exampleTarget({ name: 'analytics' })],
    now: () => now,
    snooze: { max: 28_800, perOwnerPerDay: 2 },
  });
  for (const change of changes) {
    await cli.table.saveBackend(warnedDashboard(change));
  }
  return {
    ...cli,
    at: (moment: string) => {
      now = moment;
    },
  };
}

const started = (startedAt: string) => ({ identity: { ...warnedDashboard().identity, startedAt } });

describe('slotkeeper snooze', () => {
  it('keeps a warned session and says until when, by whom, and how many are left', async () => {
    const cli = await cliWith({});
    const { exitCode, out } = await cli.run('snooze', '1073', '--for', '2h');
    expect(exitCode).toBe(10);
    expect(out.split('\n')).toEqual([
      'backend  1073@2026-11-20 09:12:44Z',
      'client   bi_reader, database dev, Tableau',
      'owner    bi-team@example.com',
      'snoozed  until 2026-11-20 17:10:00Z',
      `by       cli:${ME}`,
      'left     1 more snoozes of this owner today',
    ]);
  });

  it('prints one document with --json', async () => {
    const cli = await cliWith({});
    const { out } = await cli.run('snooze', '1073', '--for', '2h', '--json');
    expect(snoozeDocument.parse(JSON.parse(out))).toMatchObject({
      did: 'snoozed',
      left: 1,
      sessions: [{ pid: 1073, snoozed: true, by: `cli:${ME}`, endsAt: '2026-11-20T17:10:00.000Z' }],
    });
  });

  it('changes nothing where the session is kept longer anyway', async () => {
    const cli = await cliWith({});
    const { exitCode, out } = await cli.run('snooze', '1073', '--for', '5m');
    expect(exitCode).toBe(0);
    expect(out).toContain('kept     until 2026-11-20 15:30:04Z anyway: nothing was changed');
  });

  it('lists who keeps what, soonest end first, and no longer what is over', async () => {
    const cli = await cliWith({}, started('2026-11-20T10:00:00Z'));
    expect((await cli.run('snooze', '--list')).out).toBe('No session of target analytics is snoozed.');
    await cli.run('snooze', '1073', '--for', '2h', '--started', '2026-11-20T09:12:44Z');
    await cli.run('snooze', '1073', '--for', '1h', '--started', '2026-11-20 10:00:00Z');
    const { out, exitCode } = await cli.run('snooze', '--list');
    expect(exitCode).toBe(0);
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['BACKEND', 'USER', 'APPLICATION', 'OWNER', 'SNOOZED BY', 'SINCE', 'UNTIL'],
      [
        '1073@2026-11-20 10:00:00Z',
        'bi_reader',
        'Tableau',
        'bi-team@example.com',
        `cli:${ME}`,
        '2026-11-20 15:10:00Z',
        '2026-11-20 16:10:00Z',
      ],
      [
        '1073@2026-11-20 09:12:44Z',
        'bi_reader',
        'Tableau',
        'bi-team@example.com',
        `cli:${ME}`,
        '2026-11-20 15:10:00Z',
        '2026-11-20 17:10:00Z',
      ],
    ]);
    cli.at('2026-11-20T16:10:00.000Z');
    expect((await cli.run('snooze', '--list')).out).not.toContain('10:00:00Z');
  });

  it('takes a snooze back', async () => {
    const cli = await cliWith({});
    await cli.run('snooze', '1073', '--for', '2h');
    cli.at('2026-11-20T16:00:00.000Z');
    const { exitCode, out } = await cli.run('snooze', '1073', '--end');
    expect(exitCode).toBe(10);
    expect(out).toContain('taken back  may be ended from 2026-11-20 16:00:00Z on');
    cli.at('2026-11-20T16:00:01.000Z');
    expect((await cli.run('snooze', '1073', '--end')).exitCode).toBe(20);
  });

  it.each([
    [['1073', '--for', '9h'], 'at most 8h'],
    [['99', '--for', '1h'], 'Session 99 is not on record'],
    [['1074', '--for', '1h'], 'Session 1074 has ended'],
    [['1075', '--for', '1h'], 'The end of session 1075 is under way'],
    [['1076', '--for', '1h'], 'Session 1076 has been used since'],
    [['1077', '--for', '1h'], 'got 2, started 2026-11-20T10:00:00Z, 2026-11-20T09:00:00Z. Pass --started'],
    [['1073', '--end'], 'Session 1073 is not snoozed now'],
  ])('refuses %j with exit code 20', async (args, message) => {
    const { identity } = warnedDashboard();
    const cli = await cliWith(
      {},
      { identity: { ...identity, pid: 1074 }, state: 'terminated', outcome: 'gone' },
      { identity: { ...identity, pid: 1075 }, state: 'terminating' },
      { identity: { ...identity, pid: 1076 }, state: 'recovered' },
      { identity: { ...identity, pid: 1077, startedAt: '2026-11-20T09:00:00Z' } },
      { identity: { ...identity, pid: 1077, startedAt: '2026-11-20T10:00:00Z' } },
    );
    const { exitCode, err } = await cli.run('snooze', ...args);
    expect(err).toContain(message);
    expect(exitCode).toBe(20);
  });

  it('refuses the snooze past the bound of the day', async () => {
    const cli = await cliWith({});
    for (const hours of ['1h', '2h']) {
      expect((await cli.run('snooze', '1073', '--for', hours)).exitCode).toBe(10);
    }
    const { exitCode, err } = await cli.run('snooze', '1073', '--for', '3h');
    expect(exitCode).toBe(20);
    expect(err).toContain('at most 2 snoozes of bi-team@example.com a day');
  });

  it.each([[[]], [['1073']], [['--for', '1h']], [['1073', '--for', '1h', '--end']], [['1073', '--for', 'soon']]])(
    'takes %j for a usage error',
    async (args) => {
      const cli = await cliWith({});
      expect((await cli.run('snooze', ...args)).exitCode).toBe(2);
    },
  );
});
