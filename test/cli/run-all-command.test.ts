import { describe, expect, it } from 'vitest';
import { runsDocument } from '../../src/cli/json/runs-document.ts';
import { worstExit } from '../../src/cli/worst-exit.ts';
import { exampleTarget } from '../support/example-target.ts';
import { fakeCli } from './fake-cli.ts';
import { warnOne } from './warn-one.ts';

const targets = ['analytics', 'finance', 'reports'].map((name) => exampleTarget({ name }));

describe('slotkeeper run --all', () => {
  it('runs every target on its own, and a failure of one touches no other', async () => {
    const cli = fakeCli({
      targets,
      ends: async (runId, table) => {
        const target = cli.started.find((run) => run.runId === runId)?.input.target;
        return target === 'analytics'
          ? await warnOne(runId, table)
          : target === 'finance'
            ? { status: 'FAILED', error: 'StatementFailed', cause: '{"errorMessage":"relation is missing"}' }
            : { status: 'FAILED', error: 'CapExceeded', cause: '{"errorMessage":"too many"}' };
      },
    });
    const { exitCode, out } = await cli.run('run', '--all');
    expect(exitCode).toBe(1);
    expect(cli.started.map(({ input }) => input)).toEqual(targets.map(({ name }) => ({ target: name, dryRun: false })));
    const [analytics, finance, reports] = cli.started.map(({ runId }) => runId);
    expect(out.split('\n')).toEqual([
      'stage    test',
      'targets  3 = 1 acted + 1 failed + 1 refused',
      '',
      'TARGET     RESULT   BACKENDS  KEEP  WARN  KILL  GONE  RUN',
      `analytics  acted           4     3     1     0     0  ${analytics}`,
      `finance    failed          -     -     -     -     -  ${finance}`,
      `reports    refused         -     -     -     -     -  ${reports}`,
      '',
      'finance: StatementFailed. relation is missing',
      'reports: CapExceeded. too many',
    ]);
  });

  it('runs no more at the same time than --concurrency says', async () => {
    let under = 0;
    let most = 0;
    const seen = new Set<string>();
    const cli = fakeCli({
      targets: ['a', 'b', 'c', 'd', 'e'].map((name) => exampleTarget({ name })),
      ends: async (runId) => {
        if (!seen.has(runId)) {
          seen.add(runId);
          under += 1;
          most = Math.max(most, under);
          return { status: 'RUNNING' };
        }
        under -= 1;
        return { status: 'FAILED', error: 'RunLockLost' };
      },
    });
    const { exitCode } = await cli.run('run', '--all', '--dry-run', '--concurrency', '2');
    expect(most).toBe(2);
    expect(cli.started).toHaveLength(5);
    expect(exitCode).toBe(20);
  });

  it('tells of a target that could not even be started', async () => {
    const cli = fakeCli({
      targets,
      ends: async (runId, table) => {
        const target = cli.started.find((run) => run.runId === runId)?.input.target;
        if (target === 'finance') {
          throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
        }
        return target === 'analytics' ? await warnOne(runId, table) : { status: 'FAILED', error: 'RunLockLost' };
      },
    });
    const { exitCode, out } = await cli.run('run', '--all', '--json');
    expect(exitCode).toBe(1);
    const document = runsDocument.parse(JSON.parse(out));
    expect(document.targets.map((one) => [one.target, one.exitCode, one.run?.status, one.error?.name])).toEqual([
      ['analytics', 10, 'succeeded', undefined],
      ['finance', 1, undefined, 'ThrottlingException'],
      ['reports', 20, 'failed', undefined],
    ]);
  });

  it.each([
    ['--target', 'analytics'],
    ['--apply', 'a'.repeat(12)],
  ])('goes with no %s', async (...more) => {
    const { exitCode, err } = await fakeCli().run('run', '--all', ...more);
    expect(exitCode).toBe(2);
    expect(err).toContain("'--all' cannot be used with option");
  });
});

describe('worstExit', () => {
  it('puts a failure before a refusal, that before what was done, and that before nothing', () => {
    expect(worstExit([0, 10, 20, 1])).toBe(1);
    expect(worstExit([0, 10, 20])).toBe(20);
    expect(worstExit([0, 10])).toBe(10);
    expect(worstExit([0])).toBe(0);
  });
});
