import { describe, expect, it } from 'vitest';
import { outputsDocument } from '../../src/cli/json/outputs-document.ts';
import { scheduleDocument } from '../../src/cli/json/schedule-document.ts';
import { statusDocument } from '../../src/cli/json/status-document.ts';
import { nextStart } from '../../src/deployment/next-start.ts';
import type { RunRecord } from '../../src/session-table/run-record.ts';
import { runningRun, thrashingClient } from '../support/example-records.ts';
import { exampleTarget } from '../support/example-target.ts';
import { fakeCli, NOW } from './fake-cli.ts';
import { fakeDeployment } from './fake-deployments.ts';

const RULE = 'slotkeeper-prod-analytics-schedule';

/** A run that began so many minutes before now. */
function runAgo(minutes: number, changes: Partial<RunRecord> = {}): RunRecord {
  const startedAt = new Date(Date.parse(NOW) - minutes * 60_000).toISOString();
  return runningRun({ runId: `run-${minutes}`, startedAt, finishedAt: startedAt, state: 'succeeded', ...changes });
}

const PLANNED = { backends: 61, keep: 58, warn: 1, terminate: 2, recovered: 0 };

/** One scheduled target, and one that is run by hand; the schedule is on. */
function prodCli(status?: string) {
  const cli = fakeCli({
    targets: [exampleTarget({ slots: { limit: 60, keepFree: 10, reserved: 0 } }), exampleTarget({ name: 'by-hand' })],
    stages: [fakeDeployment('prod', ['analytics'], status)],
  });
  cli.services.rules.set(RULE, { expression: 'rate(10 minutes)', enabled: true });
  cli.services.subscriptions.set('arn:topic:prod-owners', { confirmed: 3, pending: 1 });
  return cli;
}

describe('slotkeeper status', () => {
  it('shows schedules, next and last runs, free slots, who gets messages, and what there is to say', async () => {
    const cli = prodCli();
    const outcomes = { gone: 2, 'already-gone': 0, 'busy-again': 0, denied: 0, 'still-there': 0 };
    const kept = { system: 1 };
    await cli.table.saveRun(runAgo(4, { counts: PLANNED, kept, outcomes, notices: { sent: 1, failed: 0 } }));
    await cli.table.saveRun(runAgo(14, { state: 'failed', error: { name: 'CapExceeded', message: '' } }));
    await cli.table.saveRun(runAgo(24, { state: 'failed', error: { name: 'StatementTimedOut', message: '' } }));
    await cli.table.saveRun(runAgo(25 * 60, { state: 'failed', error: { name: 'CapExceeded', message: '' } }));
    await cli.table.saveClient(thrashingClient({ since: '2026-11-20T12:00:00.000Z' }));
    await cli.table.takeRunLock({
      target: 'analytics',
      runId: 'run-0',
      now: NOW,
      expiresAt: '2026-11-20T15:16:00.000Z',
    });
    const { exitCode, out, err } = await cli.run('status');
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out.split('\n')).toEqual([
      'stage      prod in eu-west-1, stack slotkeeper-prod UPDATE_COMPLETE, deployed 2026-11-19 09:00:00Z',
      'seen       2026-11-20 15:00:00Z',
      'owners     3 subscriptions confirmed, 1 pending',
      'operators  0 subscriptions confirmed, 0 pending: nobody gets these messages',
      '',
      'TARGET     SCHEDULE           NEXT RUN              LAST RUN              RESULT                  FREE SLOTS',
      'analytics  rate(10 minutes)   2026-11-20 15:06:00Z  2026-11-20 14:56:00Z  acted: 1 sent, 2 ended     2 of 60',
      'by-hand    none, run by hand  -                     -                     no run on record                 -',
      '',
      'analytics: 2 free slots, 10 are to be kept free',
      'analytics: run run-0 is under way, its lock expires 2026-11-20 15:16:00Z',
      'analytics: refused in the last 24h: CapExceeded 1',
      'analytics: failed in the last 24h: StatementTimedOut 1',
      'analytics: 1 held for coming back at once. See: slotkeeper leaks --target analytics',
    ]);
  });

  it('prints one valid document with --json, of the target that is named', async () => {
    const { out } = await prodCli().run('status', '--json', '--target', 'by-hand');
    const document = statusDocument.parse(JSON.parse(out));
    expect(document).toMatchObject({ stage: 'prod', region: 'eu-west-1', stack: { status: 'UPDATE_COMPLETE' } });
    expect(document.targets).toMatchObject([
      { target: 'by-hand', schedule: { state: 'none', next: null }, lastRun: null, lock: null, slots: { free: null } },
    ]);
  });

  it('knows no lock that has expired, and no next run of a rate whose last start is not known', async () => {
    const cli = prodCli();
    await cli.table.takeRunLock({
      target: 'analytics',
      runId: 'run-0',
      now: '2026-11-20T14:00:00.000Z',
      expiresAt: NOW,
    });
    await cli.table.saveRun(runAgo(3, { runId: 'cli-by-hand' }));
    const { out } = await cli.run('status', '--json', '--target', 'analytics');
    const [target] = statusDocument.parse(JSON.parse(out)).targets;
    expect(target).toMatchObject({ lock: null, schedule: { next: { at: null, interval: 600 } } });
  });

  it('says that a rule is gone though the stack names it', async () => {
    const cli = prodCli();
    cli.services.rules.clear();
    expect((await cli.run('status')).out).toContain(`analytics: nothing starts runs: the rule ${RULE} is not there.`);
  });

  it('tells on stderr that the last deployment was rolled back, and refuses a stack that is broken', async () => {
    const rolledBack = await prodCli('UPDATE_ROLLBACK_COMPLETE').run('status', '--json');
    expect(rolledBack).toMatchObject({ exitCode: 0, err: expect.stringContaining('was rolled back') });
    statusDocument.parse(JSON.parse(rolledBack.out));
    expect(await prodCli('UPDATE_ROLLBACK_FAILED').run('status')).toMatchObject({
      exitCode: 20,
      err: expect.stringContaining('aws cloudformation continue-update-rollback'),
    });
  });
});

describe('slotkeeper pause and resume', () => {
  it('switch the rule and put on record who did, when and why, and status shows it', async () => {
    const cli = prodCli();
    const paused = await cli.run('pause', '--target', 'analytics', '--reason', 'maintenance');
    expect(paused).toMatchObject({ exitCode: 10, err: '' });
    expect(paused.out).toContain('Paused analytics on stage prod: its schedule starts no runs until slotkeeper resume');
    expect(cli.services.rules.get(RULE)?.enabled).toBe(false);
    const status = (await cli.run('status')).out;
    expect(status).toMatch(/analytics +PAUSED, rate\(10 minutes\) +- +-/);
    expect(status).toMatch(
      /analytics: paused by cli:\S+ 2026-11-20 15:00:00Z \(maintenance\)\. Go on with: slotkeeper resume/,
    );

    expect(await cli.run('pause', '--target', 'analytics')).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/^Nothing to do: analytics on stage prod is paused already \(paused by cli:/),
    });
    expect(await cli.run('resume', '--target', 'analytics')).toMatchObject({ exitCode: 10 });
    expect(cli.services.rules.get(RULE)?.enabled).toBe(true);
    const record = await cli.table.readSchedule('analytics');
    expect(record?.changes.map(({ did, reason }) => [did, reason])).toEqual([
      ['paused', 'maintenance'],
      ['resumed', null],
    ]);
  });

  it('does not say who paused it when somebody switched the rule by other means since', async () => {
    const cli = prodCli();
    await cli.run('pause', '--target', 'analytics');
    await cli.run('resume', '--target', 'analytics');
    cli.services.rules.set(RULE, { expression: 'rate(10 minutes)', enabled: false });
    expect((await cli.run('status')).out).toContain('analytics: paused not by slotkeeper pause.');
  });

  it('tells of the run that is under way and goes on', async () => {
    const cli = prodCli();
    await cli.table.takeRunLock({
      target: 'analytics',
      runId: 'run-0',
      now: NOW,
      expiresAt: '2026-11-20T15:16:00.000Z',
    });
    expect((await cli.run('pause', '--target', 'analytics')).out).toMatch(/ Run run-0 is under way and goes on\.$/);
  });

  it('need a target that has a schedule, or --all', async () => {
    const cli = prodCli();
    expect(await cli.run('pause')).toMatchObject({ exitCode: 2, err: expect.stringContaining('Pass --target') });
    expect(await cli.run('pause', '--target', 'by-hand')).toMatchObject({
      exitCode: 20,
      err: expect.stringContaining('deployed without one: it runs by hand only'),
    });
    expect(await cli.run('pause', '--all', '--target', 'analytics')).toMatchObject({ exitCode: 2 });
  });

  it('with --all pause what they can, whatever fails', async () => {
    const cli = fakeCli({
      targets: [exampleTarget(), exampleTarget({ name: 'sales' }), exampleTarget({ name: 'by-hand' })],
      stages: [fakeDeployment('prod', ['analytics', 'sales'])],
    });
    cli.services.rules.set('slotkeeper-prod-sales-schedule', { expression: 'rate(1 hour)', enabled: true });
    const { exitCode, out } = await cli.run('pause', '--all', '--json');
    const document = scheduleDocument.parse(JSON.parse(out));
    expect({ exitCode, listed: document.exitCode }).toEqual({ exitCode: 1, listed: 1 });
    expect(document.targets.map(({ target, did, error }) => [target, did, error?.name])).toEqual([
      ['analytics', 'failed', 'NotScheduled'],
      ['sales', 'paused', undefined],
      ['by-hand', 'no-schedule', undefined],
    ]);
  });
});

describe('slotkeeper outputs', () => {
  it('shows all, or one alone for a script', async () => {
    const cli = prodCli();
    expect((await cli.run('outputs')).out).toMatch(
      /^stage {2}prod in eu-west-1.*\n\nOperatorsTopicArn +arn:topic:prod-operators$/m,
    );
    expect((await cli.run('outputs', 'SessionTableName')).out).toBe('slotkeeper-prod-sessions');
    const { outputs } = outputsDocument.parse(JSON.parse((await cli.run('outputs', '--json')).out));
    expect(outputs).toMatchObject({ ScheduleRuleAnalytics: RULE, ReapRedshiftSessionsArn: 'arn:machine:prod' });
  });

  it('says which there are when there is none of that key', async () => {
    expect(await prodCli().run('outputs', 'SessionTable')).toMatchObject({
      exitCode: 20,
      err: expect.stringContaining('Did you mean SessionTableName? It has: SessionTableName, OwnersTopicArn'),
    });
  });
});

describe('when a schedule starts the next run', () => {
  const at = (text: string) => new Date(`2026-11-20T${text}Z`);

  it.each([
    ['rate(10 minutes)', '2026-11-20T14:56:30.000Z', '2026-11-20T15:06:30.000Z'],
    ['rate(1 hour)', '2026-11-20T14:30:00.000Z', '2026-11-20T15:30:00.000Z'],
    // One start late: it may just be under way.
    ['rate(10 minutes)', '2026-11-20T14:49:00.000Z', '2026-11-20T15:09:00.000Z'],
    ['rate(10 minutes)', '2026-11-20T14:00:00.000Z', null],
    ['rate(10 minutes)', null, null],
    ['cron(0/15 8-18 ? * MON-FRI *)', null, '2026-11-20T15:15:00.000Z'],
    ['cron(0 6 ? * MON *)', null, '2026-11-23T06:00:00.000Z'],
  ])('%s, last at %s: %s', async (expression, last, next) => {
    expect((await nextStart(expression, at('15:00:00'), last))?.at).toBe(next);
  });

  it('never, where no year is left', async () => {
    expect(await nextStart('cron(0 0 1 1 ? 2020)', at('15:00:00'), null)).toBeNull();
  });
});
