import { describe, expect, it } from 'vitest';
import { runDocument } from '../../src/cli/json/run-document.ts';
import { runningRun, warningPlan } from '../support/example-records.ts';
import { exampleTarget } from '../support/example-target.ts';
import { fakeCli, NOW } from './fake-cli.ts';
import { warnOne } from './warn-one.ts';

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

  describe('--apply', () => {
    const dryRun = (runId: string, startedAt: string, planHash: string) =>
      runningRun({ runId, startedAt, dryRun: true, state: 'succeeded', planHash });

    it('hands the whole hash and its newest dry run to the run, and waits for it', async () => {
      const cli = fakeCli({ ends: warnOne });
      const hash = `0123abcd${'e'.repeat(56)}`;
      await cli.table.saveRun(dryRun('dry-1', '2026-11-20T14:40:00.000Z', hash));
      await cli.table.saveRun(dryRun('dry-2', '2026-11-20T14:50:00.000Z', hash));
      await cli.table.saveRun(dryRun('dry-3', '2026-11-20T14:55:00.000Z', `0123abcf${'e'.repeat(56)}`));
      await cli.table.saveRun({ ...dryRun('real', '2026-11-20T14:56:00.000Z', hash), dryRun: false });
      const { exitCode, out } = await cli.run('run', '--apply', '0123ABCD');
      expect(exitCode).toBe(10);
      expect(out).toContain('Warned 1 of 1 with 1 message.');
      expect(cli.started.map(({ input }) => input)).toEqual([
        { target: 'analytics', dryRun: false, apply: { hash, runId: 'dry-2' } },
      ]);
    });

    it.each([
      ['is not known', 'f0f0f0f0', /^slotkeeper: No dry run of target analytics since .* hash begins with f0f0f0f0\./],
      ['is older than a day past its validity', 'aaaaaaaa', /^slotkeeper: No dry run/],
      [
        'is the beginning of two',
        '0123abcd',
        /^slotkeeper: Several plans .* 0123abcd0+, 0123abcd1+\. Give more digits\./,
      ],
    ])('starts nothing when the hash %s', async (_, prefix, message) => {
      const cli = fakeCli();
      await cli.table.saveRun(dryRun('dry-1', '2026-11-20T14:40:00.000Z', `0123abcd${'0'.repeat(56)}`));
      await cli.table.saveRun(dryRun('dry-2', '2026-11-20T14:50:00.000Z', `0123abcd${'1'.repeat(56)}`));
      await cli.table.saveRun(dryRun('dry-3', '2026-11-19T14:40:00.000Z', 'a'.repeat(64)));
      const { exitCode, err } = await cli.run('run', '--apply', prefix);
      expect(exitCode).toBe(20);
      expect(err).toMatch(message);
      expect(cli.started).toEqual([]);
    });

    it.each(['PlanChanged', 'PlanExpired', 'PlanUnknown'])('exits 20 when the run ends with %s', async (error) => {
      const cli = fakeCli({ ends: async () => ({ status: 'FAILED', output: null, error, cause: 'the reason' }) });
      await cli.table.saveRun(dryRun('dry-1', '2026-11-20T14:40:00.000Z', 'b'.repeat(64)));
      const { exitCode, out } = await cli.run('run', '--apply', 'bbbbbbbb');
      expect(exitCode).toBe(20);
      expect(out).toContain(`Refused: ${error}. the reason`);
    });
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
    ['SnapshotAnomalous', 20, 'Refused'],
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
    [['run', '--apply', 'abc'], "'abc' is invalid", 'Expected 8 to 64 hex digits'],
    [
      ['run', '--url', 'postgres://h/d', '--target', 'a'],
      "'--url <url>' cannot be used with option '--target <name>'",
      '--help',
    ],
    [['run', '--apply', 'abcdef01', '--dry-run'], "'--apply <hash>' cannot be used with option '--dry-run'", '--help'],
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
