import { describe, expect, it } from 'vitest';
import { historyDocument } from '../../src/cli/json/history-document.ts';
import { runningRun, warnedDashboard } from '../support/example-records.ts';
import { fakeCli } from './fake-cli.ts';
import { warnOne } from './warn-one.ts';

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
