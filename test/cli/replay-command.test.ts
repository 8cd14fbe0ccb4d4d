import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CliIo } from '../../src/cli/cli-io.ts';
import { NO_STACK_SERVICES } from '../../src/cli/deployment/no-stack-services.ts';
import { replayDocument } from '../../src/cli/json/replay-document.ts';
import { runDocument } from '../../src/cli/json/run-document.ts';
import { snapshotDocument } from '../../src/cli/json/snapshot-document.ts';
import { validateDocument } from '../../src/cli/json/validate-document.ts';
import { judgeNow } from '../../src/cli/judge-now.ts';
import { deleteOldRecordings } from '../../src/cli/recordings/delete-old-recordings.ts';
import { readRecording } from '../../src/cli/recordings/read-recording.ts';
import { recordingFileName } from '../../src/cli/recordings/recording-file-name.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import type { SessionTable } from '../../src/session-table/session-table.ts';
import { exampleRecording } from '../support/example-recording.ts';
import { runningRun } from '../support/example-records.ts';
import { exampleTarget } from '../support/example-target.ts';
import { runReapMachine } from '../support/reap-machine.ts';
import { createReaperWorld, type ReaperWorld, TARGET } from '../support/reaper-world.ts';
import { fakeCli, NOW } from './fake-cli.ts';
import { fakeDeployment, fakeDeployments } from './fake-deployments.ts';
import { openNothing } from './open-nothing.ts';

const folder = mkdtempSync(join(tmpdir(), 'slotkeeper-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

const config = (terminateAfter: string, user = 'bi_*') => `targets:
  ${TARGET}: { engine: redshift, cluster: local, database: dev, dbUser: awsuser, slots: { limit: 100, keepFree: 10 }, policy: default }
policies:
  default:
    - { name: dashboards, match: { user: '${user}' }, warnAfter: 30m, terminateAfter: ${terminateAfter}, grace: 10m }
notices: { defaultOwner: data-platform@example.com, owners: [{ user: 'bi_*', owner: bi-team@example.com }] }
`;

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const strict = file('strict.yml', config('1h'));
const mild = file('mild.yml', config('3h'));

/** A command that needs no network. */
async function offline(...args: string[]) {
  const out: string[] = [];
  const io: CliIo = {
    out: (text) => out.push(text),
    err: (text) => out.push(text),
    width: null,
    emphasise: (_, text) => text,
  };
  const exitCode = await runCli(args, io, () => Promise.reject(new Error('This command needs no network.')), undefined);
  return { exitCode, out: out.join('\n') };
}

function worldOf(text: string): ReaperWorld {
  const { rules, caps } = parseConfig(text, 'test').targets[TARGET] ?? {};
  const world = createReaperWorld({
    ...(rules === undefined ? {} : { rules }),
    ...(caps === undefined ? {} : { caps }),
  });
  world.redshift.open(
    { pid: 501, idle: 3000, user: 'bi_reader' },
    { pid: 502, idle: 9000, user: 'etl', running: true },
  );
  return world;
}

/** `slotkeeper run --record`, where the run is one of the world. */
async function recordRun(world: ReaperWorld, directory: string, ...options: string[]) {
  await runReapMachine(world.ports, { target: TARGET, record: true });
  const { runId: ran, planHash } = await world.lastRun();
  const recording = await world.table.readRecording({ target: TARGET, runId: ran });
  const target = world.config.targets[TARGET];
  const cli = fakeCli({
    targets: target === undefined ? [] : [target],
    ends: async (runId: string, table: SessionTable) => {
      await table.saveRun(runningRun({ runId, state: 'succeeded', planHash, finishedAt: NOW }));
      if (recording !== null) {
        await table.saveRecording({ target: TARGET, runId }, recording);
      }
      return {};
    },
  });
  const ran2 = await cli.run('run', '--record', directory, '--json', ...options);
  expect(cli.started.map(({ input }) => input)).toEqual([{ target: TARGET, dryRun: false, record: true }]);
  return { ...runDocument.parse(JSON.parse(ran2.out)), planHash };
}

/** Three runs, 20 minutes apart, recorded in a directory of their own. */
async function recordThree(name: string, ...options: string[]): Promise<string[]> {
  const world = worldOf(config('1h'));
  const directory = join(folder, name);
  const files: string[] = [];
  for (let run = 0; run < 3; run += 1) {
    files.push((await recordRun(world, directory, ...options)).recorded ?? '');
    world.clock.advance(1200);
  }
  return files;
}

describe('slotkeeper run --record', () => {
  it('writes what the run saw, for its owner to read only, under a name that tells whose and when', async () => {
    const { recorded, planHash } = await recordRun(worldOf(config('1h')), join(folder, 'one'));
    const document = snapshotDocument.parse(JSON.parse(readFileSync(recorded ?? '', 'utf8')));
    expect(recorded).toMatch(
      /\/one\/slotkeeper-analytics-\d{8}T\d{9}Z-cli-20261120T150000Z-[0-9a-f]{6}\.snapshot\.json$/,
    );
    expect(statSync(recorded ?? '').mode & 0o777).toBe(0o600);
    expect(document).toMatchObject({
      stage: 'test',
      source: { kind: 'run', dryRun: false },
      names: { kind: 'plain' },
      planHash,
      acts: true,
    });
    expect(document.snapshot.backends.map(({ identity }) => identity.user)).toContain('bi_reader');
  });

  it('writes nothing when the run came to no plan, and says so', async () => {
    const cli = fakeCli({ ends: async () => ({ status: 'FAILED', error: 'CanaryFailed', cause: 'blind' }) });
    const directory = join(folder, 'none');
    const { out, err, exitCode } = await cli.run('run', '--record', directory, '--json');
    expect(runDocument.parse(JSON.parse(out)).recorded).toBeNull();
    expect(err).toBe('Nothing was recorded: the run kept no plan.');
    expect(exitCode).toBe(20);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('writes nothing that is of another plan than the one that was kept', async () => {
    const cli = fakeCli({
      targets: [exampleTarget()],
      ends: async (runId, table) => {
        await table.saveRun(runningRun({ runId, state: 'succeeded', planHash: 'c'.repeat(64), finishedAt: NOW }));
        await table.saveRecording({ target: TARGET, runId }, exampleRecording(1));
        return {};
      },
    });
    const directory = join(folder, 'other-plan');
    expect((await cli.run('run', '--record', directory)).err).toContain('Nothing was recorded');
    expect(readdirSync(directory)).toEqual([]);
  });

  it('keeps names to itself with --hash-names, in every file of a directory in the same way', async () => {
    const files = await recordThree('hashed', '--hash-names');
    const texts = files.map((path) => readFileSync(path, 'utf8'));
    expect(texts.join('\n')).not.toMatch(/bi_reader|"etl"|example\.com/);
    const users = files
      .slice(0, 2)
      .map((path) => readRecording(path).snapshot.backends.find(({ identity }) => identity.pid === 501)?.identity.user);
    expect(new Set(users).size).toBe(1);
    expect(users[0]).toMatch(/^user-[0-9a-f]{32}$/);
    const [elsewhere = ''] = await recordThree('hashed-too', '--hash-names');
    expect(readFileSync(elsewhere, 'utf8')).not.toContain(users[0]);
    expect(statSync(join(folder, 'hashed', '.slotkeeper-salt')).mode & 0o777).toBe(0o600);
  });

  it('deletes with --keep-recordings what is older, and nothing that is not surely a recording', async () => {
    const [first = '', ...later] = await recordThree('kept');
    const directory = join(folder, 'kept');
    const foreign = first.replace('.snapshot.json', '-copy.snapshot.json');
    writeFileSync(foreign, '{"schema":"somebody.else/1"}');
    const renamed = join(directory, 'renamed.json');
    writeFileSync(renamed, readFileSync(first));
    expect(deleteOldRecordings(directory, 1800, new Date(Date.parse(readRecording(first).now) + 2_400_000))).toBe(1);
    const paths = () => readdirSync(directory).map((name) => join(directory, name));
    expect(paths().toSorted()).toEqual([...later, foreign, renamed].toSorted());

    const dayBefore = { ...readRecording(renamed), now: '2026-11-19T14:59:59.000Z' };
    const old = join(directory, recordingFileName(dayBefore));
    writeFileSync(old, JSON.stringify(dayBefore));
    const kept = await recordRun(worldOf(config('1h')), directory, '--keep-recordings', '2d');
    expect(paths()).toContain(old);
    const { recorded } = await recordRun(worldOf(config('1h')), directory, '--keep-recordings', '1d');
    expect(paths().toSorted()).toEqual([...later, foreign, renamed, kept.recorded, recorded].toSorted());
  });

  it('refuses, before anything is started, options without --record and a directory that cannot be written', async () => {
    const cli = fakeCli();
    expect((await cli.run('run', '--hash-names')).exitCode).toBe(2);
    expect((await cli.run('backends', '--keep-recordings', '30d')).exitCode).toBe(2);
    const taken = file('taken', 'a file, not a directory');
    const refused = await cli.run('run', '--record', taken);
    expect(refused).toMatchObject({ exitCode: 2, err: expect.stringContaining(`got ${taken} (EEXIST)`) });
    expect((await cli.run('run', '--record', folder, '--keep-recordings', 'soon')).exitCode).toBe(2);
    expect((await cli.run('run', '--record', folder, '--apply', 'a'.repeat(64))).exitCode).toBe(2);
    expect(cli.started).toEqual([]);
  });
});

describe('slotkeeper backends --record', () => {
  it('writes the look, which acts on nothing', async () => {
    const world = worldOf(config('1h'));
    const target = world.config.targets[TARGET];
    if (target === undefined) {
      throw new Error(`Expected a target ${TARGET}.`);
    }
    const nothing = async () => Promise.reject(new Error('Nobody starts a run here.'));
    const runtime = {
      config: world.config,
      configPath: 'slotkeeper.yml',
      deployments: fakeDeployments(),
      services: NO_STACK_SERVICES,
      executions: { start: nothing, describe: nothing },
      tableOf: () => world.table,
      poolTableOf: () => world.pool,
      openDirect: openNothing,
      warehouseOf: () => world.redshift.warehouse,
      now: world.clock.now,
      sleep: async () => undefined,
      close: () => undefined,
    };
    const directory = mkdtempSync(join(folder, 'look-'));
    const { recorded, verdicts } = await judgeNow(runtime, fakeDeployment('test'), target, { record: directory });
    expect(verdicts.warn).toBe(1);
    expect(readRecording(recorded ?? '')).toMatchObject({ source: { kind: 'look' }, acts: false, target: TARGET });
  });
});

describe('slotkeeper replay', () => {
  it('exits 0 when the policy would have planned what was planned, whatever the order of the files', async () => {
    const files = await recordThree('same');
    const { exitCode, out } = await offline('replay', '--snapshot', ...files.toReversed(), '--policy', strict);
    expect(out.split('\n').slice(2)).toEqual([
      `policy    ${strict}, 3 of 3 plans as recorded`,
      '',
      'SUM                  COUNT',
      'warnings                 1',
      'terminations             1',
      'used afterwards          0',
      'refused by the caps      0',
      '',
      'BACKEND                   USER       APPLICATION  WOULD',
      expect.stringMatching(/^501@.* bi_reader .* warn [\d :-]+Z \(dashboards\), end [\d :-]+Z \(dashboards\)$/),
      '',
      'No difference: every plan is the recorded one.',
    ]);
    expect(exitCode).toBe(0);
  });

  it('exits 10 and tells per backend and summed how two policies differ', async () => {
    const files = await recordThree('two');
    const args = ['replay', '--snapshot', ...files, '--policy', strict, '--policy', mild];
    const { exitCode, out } = await offline(...args, '--json');
    const document = replayDocument.parse(JSON.parse(out));
    expect(exitCode).toBe(10);
    expect(document).toMatchObject({
      differs: true,
      exitCode: 10,
      policies: [
        { warnings: 1, terminations: 1, asRecorded: 3 },
        { warnings: 1, terminations: 0, asRecorded: 2 },
      ],
      difference: { warnings: 0, terminations: -1, usedAfterEnd: 0, refused: 0, backends: 1 },
      backends: [{ pid: 501, user: 'bi_reader', same: false }],
    });
    expect((await offline(...args)).out).toContain('Difference: 1 of 1 backend would not have fared the same.');
    const same = await offline('replay', '--snapshot', ...files, '--policy', mild, '--policy', mild);
    expect(same).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('No difference: both would have done the same.'),
    });
  });

  it('replays hashed names by the patterns that were in use, and refuses other ones', async () => {
    const files = await recordThree('hashed-replay', '--hash-names');
    const { exitCode, out } = await offline('replay', '--snapshot', ...files, '--policy', mild, '--json');
    expect([exitCode, replayDocument.parse(JSON.parse(out)).policies[0]]).toMatchObject([
      10,
      { warnings: 1, terminations: 0 },
    ]);
    const other = file('other.yml', config('1h', 'bi_reader'));
    const refused = await offline('replay', '--snapshot', ...files, '--policy', other);
    expect(refused).toMatchObject({ exitCode: 20, out: expect.stringContaining("the pattern 'bi_reader'") });
  });

  it('refuses files that are no recordings, several kinds of names, and a target that is not there', async () => {
    const [plain = ''] = await recordThree('mix');
    const [hashed = ''] = await recordThree('mix-hashed', '--hash-names');
    const replay = (...args: string[]) => offline('replay', '--policy', strict, ...args);
    expect(await replay('--snapshot', strict)).toMatchObject({ exitCode: 1, out: expect.stringContaining('no JSON') });
    expect(await replay('--snapshot', folder)).toMatchObject({ out: expect.stringContaining('got a directory') });
    expect(await replay('--snapshot', plain, hashed)).toMatchObject({ exitCode: 2 });
    expect(await replay('--snapshot', plain, '--target', 'sales')).toMatchObject({
      exitCode: 20,
      out: expect.stringContaining('those of analytics'),
    });
    const elsewhere = file('elsewhere.snapshot.json', readFileSync(plain, 'utf8').replaceAll('"analytics"', '"sales"'));
    expect(await replay('--snapshot', elsewhere)).toMatchObject({
      exitCode: 20,
      out: expect.stringContaining('got "sales"'),
    });
    expect(await replay('--snapshot', plain, elsewhere)).toMatchObject({
      exitCode: 2,
      out: expect.stringContaining('analytics, sales'),
    });
    expect(await replay('--snapshot', plain, '--policy', strict, mild)).toMatchObject({ exitCode: 2 });
  });
});

describe('slotkeeper validate', () => {
  it('exits 0 for a sound file, 10 for warnings, 2 for errors or no file', async () => {
    const json = async (path: string) => {
      const { exitCode, out } = await offline('validate', '--config', path, '--json');
      return [exitCode, validateDocument.parse(JSON.parse(out)).findings.map(({ code, line }) => [code, line])];
    };
    expect(await json(strict)).toEqual([0, []]);
    expect(await json(file('warning.yml', config('5h')))).toEqual([10, [['server-comes-first', 5]]]);
    expect(await json(file('error.yml', config('soon')))).toEqual([2, [['invalid', 5]]]);
    expect((await offline('validate', '--config', join(folder, 'missing.yml'))).exitCode).toBe(2);
  });

  it('tells people the place, what is wrong and what to do', async () => {
    const path = file('typo.yml', config('1h').replace('grace', 'grase'));
    const { out } = await offline('validate', '--config', path);
    expect(out.split('\n')).toEqual([
      expect.stringMatching(
        /typo\.yml:5 policies\.default\[0\]\.grase: error invalid: expected one of the keys .*, got 'grase'$/,
      ),
      "  Did you mean 'grace'?",
      '',
      `${path}: 1 error, 0 warnings.`,
    ]);
  });
});
