import { describe, expect, it } from 'vitest';
import { historyDocument } from '../../src/cli/json/history-document.ts';
import { runDocument } from '../../src/cli/json/run-document.ts';
import type { SessionTable } from '../../src/session-table/session-table.ts';
import { plannedNotice, runningRun, warnedDashboard, warningPlan } from '../support/example-records.ts';
import { exampleTarget } from '../support/example-target.ts';
import { fakeCli, NOW } from './fake-cli.ts';

/** Stores a run that told the owner of one dashboard. */
async function warnOne(runId: string, table: SessionTable): Promise<Record<string, never>> {
  const plan = warningPlan(1);
  const [member] = plan.members;
  if (member === undefined) {
    throw new Error('Expected a plan with a member.');
  }
  await table.savePlan({ target: 'analytics', runId }, plan);
  await table.saveBackend(
    warnedDashboard({
      identity: member.identity,
      lastActiveAt: member.lastActiveAt,
      events: [{ at: '2026-11-20T15:00:01.000Z', type: 'warned', by: `run:${runId}`, detail: { idleSeconds: 3720 } }],
    }),
  );
  await table.saveNotice(plannedNotice({ runId, state: 'sent', messageId: 'm-1', at: '2026-11-20T15:00:01.000Z' }));
  await table.saveRun(
    runningRun({
      runId,
      startedAt: NOW,
      state: 'succeeded',
      planHash: plan.hash,
      counts: plan.counts,
      kept: plan.kept,
      notices: { sent: 1, failed: 0 },
      finishedAt: '2026-11-20T15:00:02.000Z',
    }),
  );
  return {};
}

describe('slotkeeper run', () => {
  it('starts a run of the only target, and says how to follow it', async () => {
    const cli = fakeCli();
    const { exitCode, out } = await cli.run('run');
    expect(exitCode).toBe(0);
    expect(cli.started).toEqual([
      {
        runId: expect.stringMatching(/^cli-20261120T150000Z-[0-9a-f]{6}$/),
        input: { target: 'analytics', dryRun: false },
      },
    ]);
    expect(out).toContain(`Started arn:execution:${cli.started[0]?.runId}`);
    expect(out).toContain(`slotkeeper history ${cli.started[0]?.runId} --target analytics --stage test`);
    expect(cli.closed()).toBe(1);
  });

  it('shows with --wait what was done, in columns and with sums that add up', async () => {
    const cli = fakeCli({ ends: warnOne });
    const { exitCode, out } = await cli.run('run', '--wait');
    expect(exitCode).toBe(10);
    expect(out.split('\n').slice(1)).toEqual(
      [
        'target    analytics, stage test',
        'started   2026-11-20 15:00:00Z, took 2.5 s',
        'backends  4 = 3 keep + 1 warn',
        'kept      3 = 2 running + 1 own',
        'notices   1 = 1 sent',
        'outcomes  0',
        `plan      ${'a'.repeat(64)}`,
        '',
        'ACTION  BACKEND                    USER       APPLICATION  IDLE       RULE        WARNED                OWNER                 OUTCOME',
        'warn    2000@2026-11-20 08:00:00Z  bi_reader  Übersicht    1h 2m > 1h  dashboards  2026-11-20 15:00:01Z  bi-team@example.com  told',
        '',
        'Warned 1 of 1 with 1 message.',
      ].map((line) => (line.startsWith('ACTION') ? expect.stringMatching(/^ACTION {2}BACKEND .* OUTCOME$/) : line)),
    );
  });

  it('prints one valid document with --json', async () => {
    const cli = fakeCli({ ends: warnOne });
    const { exitCode, out } = await cli.run('run', '--wait', '--json');
    const document = runDocument.parse(JSON.parse(out));
    expect(exitCode).toBe(10);
    expect(document).toMatchObject({ status: 'succeeded', exitCode: 10, run: { counts: { backends: 4, warn: 1 } } });
    expect(document.members).toMatchObject([{ pid: 2000, warnedAt: '2026-11-20T15:00:01.000Z', outcome: null }]);
  });

  it('waits for a dry run and says what it would do', async () => {
    const cli = fakeCli({
      ends: async (runId, table) => {
        await table.savePlan({ target: 'analytics', runId }, warningPlan(2));
        const counts = warningPlan(2).counts;
        await table.saveRun(runningRun({ runId, dryRun: true, state: 'succeeded', counts, finishedAt: NOW }));
        return {};
      },
    });
    const { exitCode, out } = await cli.run('run', '--dry-run');
    expect(exitCode).toBe(10);
    expect(cli.started[0]?.input.dryRun).toBe(true);
    expect(out).toContain('Dry run: would warn 2 and end 0. Nothing was changed.');
    expect(out).not.toContain('notices');
  });

  it('exits 0 when nothing was due', async () => {
    const counts = { backends: 3, keep: 3, warn: 0, terminate: 0, recovered: 0 };
    const cli = fakeCli({
      ends: async (runId, table) => {
        await table.saveRun(runningRun({ runId, state: 'succeeded', counts, finishedAt: NOW }));
        return {};
      },
    });
    const { exitCode, out } = await cli.run('run', '--wait');
    expect(exitCode).toBe(0);
    expect(out).toContain('Nothing to do.');
  });

  it('is refused when another run has the lock', async () => {
    const cause = JSON.stringify({
      errorType: 'RunLockHeld',
      errorMessage: 'Run other has the lock of target analytics.',
    });
    const cli = fakeCli({
      ends: async () => ({ output: JSON.stringify({ skipped: { Error: 'RunLockHeld', Cause: cause } }) }),
    });
    const { exitCode, out } = await cli.run('run', '--wait');
    expect(exitCode).toBe(20);
    expect(out).toContain('Skipped: RunLockHeld. Run other has the lock of target analytics.');
  });

  it.each([
    ['CapExceeded', 20, 'Refused'],
    ['CanaryFailed', 20, 'Refused'],
    ['StatementFailed', 1, 'Failed'],
    ['InvalidConfig', 1, 'Failed'],
  ])('says why a run ended with %s, and exits %i', async (error, code, word) => {
    const cli = fakeCli({
      ends: async () => ({ status: 'FAILED', output: null, error, cause: 'the reason\u001b[31m' }),
    });
    const { exitCode, out } = await cli.run('run', '--wait');
    expect(exitCode).toBe(code);
    expect(out).toContain(`${word}: ${error}. the reason\\x1b[31m`);
  });

  it('does not call a run done whose record is in another table', async () => {
    const { exitCode, out } = await fakeCli().run('run', '--wait');
    expect(exitCode).toBe(1);
    expect(out).toContain('Failed: RunNotRecorded.');
  });

  it('needs --target when there are several, and knows what --stage there is', async () => {
    const targets = [exampleTarget({ name: 'one' }), exampleTarget({ name: 'two' })];
    const several = await fakeCli({ targets }).run('run');
    expect(several).toEqual({
      exitCode: 2,
      out: '',
      err: 'slotkeeper: slotkeeper.yml has 2 targets: one, two. Pass --target with one of them.',
    });
    expect((await fakeCli({ targets }).run('run', '--target', 'tow')).exitCode).toBe(20);
    expect((await fakeCli({ stages: ['dev', 'prod'] }).run('run')).err).toContain('dev, prod. Pass --stage');
  });
});

describe('slotkeeper history', () => {
  it('lists the newest runs first', async () => {
    const cli = fakeCli();
    await warnOne('cli-a', cli.table);
    await cli.table.saveRun(
      runningRun({
        runId: 'cli-b',
        startedAt: '2026-11-20T15:10:00.000Z',
        state: 'failed',
        error: { name: 'CapExceeded', message: 'too many' },
      }),
    );
    const { exitCode, out } = await cli.run('history');
    expect(exitCode).toBe(0);
    expect(out.split('\n')).toEqual([
      'STARTED               RUN    STATE      BACKENDS  KEPT  WARN  KILL  GONE  ERROR',
      '2026-11-20 15:10:00Z  cli-b  failed            -     -     -     -     0  CapExceeded: too many',
      '2026-11-20 15:00:00Z  cli-a  succeeded         4     3     1     0     0',
    ]);
    const limited = historyDocument.parse(JSON.parse((await cli.run('history', '--limit', '1', '--json')).out));
    expect(limited).toMatchObject({ kind: 'runs', runs: [{ runId: 'cli-b' }] });
  });

  it('shows one run with its notices and members', async () => {
    const cli = fakeCli();
    await warnOne('cli-a', cli.table);
    const { out } = await cli.run('history', 'cli-a');
    expect(out).toContain('backends   4 = 3 keep + 1 warn');
    expect(out).toMatch(/notice-1 {2}bi-team@example\.com {2}sent {3}2026-11-20 15:00:01Z {2}m-1/);
    expect(out).toMatch(/warn {4}2000@2026-11-20 08:00:00Z/);
    expect(historyDocument.parse(JSON.parse((await cli.run('history', 'cli-a', '--json')).out)).kind).toBe('run');
  });

  it('tells the story of a pid, oldest first', async () => {
    const cli = fakeCli();
    await cli.table.saveBackend(warnedDashboard());
    await cli.table.saveBackend(
      warnedDashboard({
        identity: { target: 'analytics', pid: 1073, startedAt: '2026-11-19T08:00:00Z', user: 'bi_reader' },
      }),
    );
    const { out } = await cli.run('history', '1073');
    expect(out.indexOf('2026-11-19 08:00:00Z')).toBeLessThan(out.indexOf('2026-11-20 09:12:44Z'));
    expect(out).toMatch(/2026-11-20 15:00:04Z {2}warned {2}run:run-1 {2}idleSeconds=3722 firstTime=true/);
    const document = historyDocument.parse(JSON.parse((await cli.run('history', '1073', '--json')).out));
    expect(document).toMatchObject({
      kind: 'backend',
      pid: 1073,
      backends: [{ startedAt: '2026-11-19T08:00:00Z' }, {}],
    });
  });

  it('says so when nothing is recorded', async () => {
    expect((await fakeCli().run('history')).out).toBe('No run of target analytics is recorded.');
    expect((await fakeCli().run('history', '42')).out).toContain('Nothing is recorded of pid 42 on target analytics');
    expect(await fakeCli().run('history', 'nosuch')).toMatchObject({
      exitCode: 20,
      err: expect.stringContaining('No run "nosuch" is recorded for target analytics'),
    });
  });
});

describe('slotkeeper', () => {
  it('lists its exit codes in its help', async () => {
    const { exitCode, out } = await fakeCli().run('--help');
    expect(exitCode).toBe(0);
    expect(out).toContain('20  refused: lock held, cap exceeded');
  });

  it.each([
    [['rum'], "unknown command 'rum'", '(Did you mean run?)'],
    [['run', '--dry-rum'], "unknown option '--dry-rum'", '(Did you mean --dry-run?)'],
    [['history', '--limit', 'many'], "'many' is invalid", 'Expected a whole number from 1 to 1000.'],
    [['local', '--port', '70000'], "'70000' is invalid", 'Expected a whole number from 0 to 65535.'],
    [['run', 'now'], 'too many arguments', 'slotkeeper --help'],
  ])('exits 2 for %j and says what was meant', async (args, problem, hint) => {
    const { exitCode, out, err } = await fakeCli().run(...args);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain(problem);
    expect(err).toContain(hint);
    expect(err).not.toContain('    at ');
  });

  it('shows its help and exits 2 when no command is given', async () => {
    const { exitCode, err } = await fakeCli().run();
    expect(exitCode).toBe(2);
    expect(err).toContain('Usage: slotkeeper');
  });

  it('makes errors a document with --json, and adds the stack with --debug', async () => {
    const { exitCode, out, err } = await fakeCli().run('history', 'nosuch', '--json', '--debug');
    expect(exitCode).toBe(20);
    expect(JSON.parse(out)).toEqual({
      schema: 'slotkeeper.error/1',
      error: { name: 'RunNotRecorded', message: expect.stringContaining('No run "nosuch"') },
    });
    expect(err).toContain('    at ');
  });
});
