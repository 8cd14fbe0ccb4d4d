import { describe, expect, it } from 'vitest';
import { historyDocument } from '../../src/cli/json/history-document.ts';
import { backendNumber, runningRun, warnedDashboard } from '../support/example-records.ts';
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

  it('sums up what the warnings and ends of a period came to', async () => {
    const cli = fakeCli();
    expect((await cli.run('history', '--summary')).out).toContain('warnings that worked  - (no warning is settled)');
    const warned = { at: '2026-11-20T14:00:00.000Z', type: 'warned', by: 'run:r', detail: {} } as const;
    const claimed = { at: '2026-11-20T14:29:58.000Z', type: 'termination-claimed', by: 'run:s', detail: {} } as const;
    const gone = {
      at: '2026-11-20T14:30:00.000Z',
      type: 'terminated',
      by: 'run:s',
      detail: { outcome: 'gone' },
    } as const;
    const back = { at: '2026-11-20T14:40:00.000Z', type: 'reconnected', by: 'run:t', detail: {} } as const;
    const used = { at: '2026-11-20T14:10:00.000Z', type: 'recovered', by: 'run:s', detail: {} } as const;
    const lives = [
      [warned, claimed, gone],
      [warned, claimed, gone, back],
      [claimed, gone],
      [warned, used],
      [warned, used],
      [warned, used],
      [warned],
    ];
    for (const [n, events] of lives.entries()) {
      await cli.table.saveBackend({ ...backendNumber(n), events });
    }
    const { exitCode, out } = await cli.run('history', '--summary', '--since', '1d');
    expect(exitCode).toBe(0);
    expect(out.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '))).toEqual([
      'target | analytics, stage test',
      'period | 2026-11-19 15:00:00Z to 2026-11-20 15:00:00Z (1d)',
      'backends | 7 on record',
      'warned | 6 = 3 used again + 2 ended + 1 waiting',
      'snoozes | 0',
      'outcomes | 3 = 3 gone',
      'ended | 3 = 2 warned + 1 without a warning',
      'back at once | 1 of 3 ended',
      'warnings that worked | 60%',
      'false kills | 33%',
      'freed | 60 slot-minutes, at most',
    ]);
    const document = historyDocument.parse(JSON.parse((await cli.run('history', '--summary', '--json')).out));
    expect(document).toMatchObject({
      kind: 'summary',
      ledger: { reconnected: 1, freedSeconds: 3600 },
      truncated: false,
    });
    expect((await cli.run('history', '1073', '--summary')).exitCode).toBe(2);
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
