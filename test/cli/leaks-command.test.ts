import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { REDSHIFT_HISTORY_SQL } from '../../src/backends/redshift-history-sql.ts';
import type { CliRuntime } from '../../src/cli/cli-runtime.ts';
import { NO_STACK_SERVICES } from '../../src/cli/deployment/no-stack-services.ts';
import { leaksDocument } from '../../src/cli/json/leaks-document.ts';
import { releaseDocument } from '../../src/cli/json/release-document.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import type { Row, Statement, Warehouse } from '../../src/warehouse/warehouse.ts';
import { reap, runReapMachine } from '../support/reap-machine.ts';
import { createReaperWorld, type ReaperWorld, TARGET } from '../support/reaper-world.ts';
import { thrashingWorld as poolThatComesBack, reapAfter } from '../support/thrashing-world.ts';
import { fakeDeployments } from './fake-deployments.ts';
import { openNothing } from './open-nothing.ts';

/** The simulated cluster, and what it remembers of sessions. */
function withHistory(world: ReaperWorld, history: { rows: readonly Row[]; error?: string; asked: Statement[] }) {
  const { warehouse } = world.redshift;
  const mine = 'history';
  const description = {
    statementId: mine,
    status: history.error === undefined ? ('FINISHED' as const) : ('FAILED' as const),
    error: history.error ?? null,
    pid: 1,
    sessionId: null,
    hasResultSet: true,
    resultRows: history.rows.length,
  };
  return {
    ...warehouse,
    submit: async (statement) => {
      if (statement.sql !== REDSHIFT_HISTORY_SQL) {
        return await warehouse.submit(statement);
      }
      history.asked.push(statement);
      return { statementId: mine, sessionId: null };
    },
    describe: async (id) => (id === mine ? description : await warehouse.describe(id)),
    fetchRows: async (id) => (id === mine ? history.rows : await warehouse.fetchRows(id)),
  } satisfies Warehouse;
}

const digits = (iso: string) => iso.replaceAll(/[-:TZ.]/g, '').slice(0, 14);

/** Sessions as the history query shows them. */
function historyRow(pid: number, startedAt: string, endedAt: string | null, more: Partial<Row> = {}): Row {
  return {
    pid,
    started_at: digits(startedAt),
    ended_at: endedAt === null ? null : `${digits(endedAt)}000000`,
    user_name: 'bi_reader',
    database_name: 'dev',
    application_name: 'Tableau',
    client_host: '10.0.0.7',
    driver: null,
    ...more,
  };
}

async function leaks(world: ReaperWorld, history: { rows: readonly Row[]; error?: string }, ...args: string[]) {
  const asked: Statement[] = [];
  const nothing = async () => Promise.reject(new Error('Nobody starts a run here.'));
  const runtime: CliRuntime = {
    config: world.config,
    configPath: 'slotkeeper.yml',
    deployments: fakeDeployments('test'),
    services: NO_STACK_SERVICES,
    executions: { start: nothing, describe: nothing },
    tableOf: () => world.table,
    poolTableOf: () => world.pool,
    openDirect: openNothing,
    warehouseOf: () => withHistory(world, { ...history, asked }),
    now: world.clock.now,
    sleep: async () => undefined,
    close: () => undefined,
  };
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    width: null,
    emphasise: (_: string, text: string) => text,
  };
  const exitCode = await runCli(['leaks', ...args], io, async () => runtime, undefined);
  return { exitCode, out: out.join('\n'), err: err.join('\n'), asked };
}

/** A session that is warned, ended by a run, and back at once; a second one runs; the history knows all of them. */
async function thrashingWorld() {
  const world = createReaperWorld();
  world.redshift.open({ pid: 501, idle: 3000 });
  await runReapMachine(world.ports, { target: TARGET, dryRun: false, record: true });
  world.clock.advance(1000);
  await reap(world.ports);
  const endedAt = world.clock.now().toISOString();
  world.clock.advance(20);
  world.redshift.open({ pid: 502, idle: 0, age: 0 });
  const [first] = (await world.table.listBackends({ target: 'analytics' })).items;
  const startedAt = world.clock.now().toISOString();
  world.clock.advance(600);
  const rows = [
    historyRow(502, startedAt, null),
    historyRow(501, first?.identity.startedAt ?? '', endedAt),
    historyRow(400, startedAt, startedAt, { user_name: 'ana', application_name: 'DBeaver 25.1 - Main' }),
  ];
  return { world, rows };
}

describe('slotkeeper leaks', () => {
  it('shows who wasted most, from the history, the recorded runs and the table, and what stops it', async () => {
    const { world, rows } = await thrashingWorld();
    const { exitCode, out, asked } = await leaks(world, { rows }, '--json');
    expect(exitCode).toBe(0);
    const document = leaksDocument.parse(JSON.parse(out));
    expect(document).toMatchObject({ truncated: false, clients: 2, by: ['user', 'application', 'host', 'driver'] });
    // The first run recorded what it saw, and that of now. 501 was idle for 4,000 s by the run that ended it, 502 for 600 s.
    expect(document.looks).toBe(2);
    expect(document.total).toMatchObject({ sessions: 3, closed: 2, open: 1, killed: 1, reconnected: 1 });
    expect(document.leaks[0]).toMatchObject({
      user: 'bi_reader',
      application: 'Tableau',
      host: '10.0.0.7',
      driver: '',
      opened: 2,
      peak: 1,
      wastedSeconds: 4600,
      killed: 1,
      reconnected: 1,
      client: 'Tableau',
    });
    expect(document.leaks[0]?.advice.map(({ at }) => at)).toEqual(['client', 'client']);
    expect(document.leaks[1]).toMatchObject({ user: 'ana', idleShare: null, wastedSeconds: 0, client: 'DBeaver' });
    expect(asked.map(({ parameters }) => parameters)).toEqual([{ seconds: '604800' }]);
  });

  it('prints sums, a line per client, and its advice', async () => {
    const { world, rows } = await thrashingWorld();
    const { out } = await leaks(world, { rows }, '--since', '1d', '--by', 'application,user');
    expect(out.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '))).toEqual([
      'target | analytics, stage test',
      expect.stringMatching(/^window \| .*Z to .*Z \(1d\)$/),
      'looks | 2: what recorded runs saw, and that of now',
      'sessions | 3 = 0 open before + 3 opened = 2 closed + 1 open, 2 at once',
      'wasted | 76 slot-minutes idle, at least',
      'killed | 1, of which 1 were back within a minute',
      'runs | 2, on average - → 2.0 backends, - → 98.0 free slots',
      'clients | 2',
      '',
      '# | USER | APPLICATION | OPENED | CLOSED | OPEN | PEAK | IDLE | SLOT-MINUTES | TREND | KILLED | BACK',
      expect.stringMatching(
        /^1 \| bi_reader \| Tableau \| 2 \| 1 \| 1 \| 1 \| \d+% \| 76 \| steady 0\.0 → 0\.3 \| 1 \| 1$/,
      ),
      '2 | ana | DBeaver 25.1 - Main | 1 | 1 | 0 | 1 | - | 0 | steady 0.0 → 0.0 | 0 | 0',
      '',
      '#1 Tableau',
      ' | client | tsm configuration set -k vizqlserver.protocolcachelifetime_in_minutes -v 30',
      expect.stringContaining('protocol cache'),
      expect.stringContaining('a maximum lifetime and an idle timeout'),
      expect.stringContaining('it came back right after 1 of its sessions'),
      '',
      'RUN AT | BACKENDS | KEPT | WARN | KILL | GONE | FREE',
      '2026-11-20 15:16:40Z | 2 | 1 | 0 | 1 | 1 | 98',
      '2026-11-20 15:00:00Z | 2 | 1 | 1 | 0 | 0 | 98',
    ]);
  });

  it('shows no more clients than asked for, but the sums of all', async () => {
    const { world, rows } = await thrashingWorld();
    const document = leaksDocument.parse(JSON.parse((await leaks(world, { rows }, '--limit', '1', '--json')).out));
    expect(document.leaks).toHaveLength(1);
    expect(document).toMatchObject({ clients: 2, total: { sessions: 3 } });
  });

  it('shows who is held for coming back at once, and lets its sessions be ended again', async () => {
    const world = poolThatComesBack(3);
    await reap(world.ports);
    await reapAfter(world, 60);
    const seen = await leaks(world, { rows: [] });
    const [client] = await world.table.listClients(TARGET);
    expect(seen.exitCode).toBe(0);
    expect(seen.out.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '))).toEqual(
      expect.arrayContaining([
        'thrashing | scratch_1, Tableau from 10.0.0.7, probably Tableau',
        expect.stringMatching(/^ \| found \| .* by \S+: back at once after 3 ends, 3 are too many$/),
        expect.stringMatching(/^ \| ends \| none of its sessions until 2026-11-21 15:01:\d\dZ$/),
        expect.stringMatching(/^ \| told \| the operators, /),
        ` | release | slotkeeper leaks --release ${client?.id} --target analytics --stage test`,
      ]),
    );
    const id = client?.id.slice(0, 6) ?? '';
    expect((await leaks(world, { rows: [] }, '--release', 'ffff0000')).exitCode).toBe(20);
    const released = await leaks(world, { rows: [] }, '--release', id, '--json');
    expect(released.exitCode).toBe(10);
    expect(released.asked).toEqual([]);
    const document = releaseDocument.parse(JSON.parse(released.out));
    expect(document).toMatchObject({
      did: 'released',
      client: { held: false, released: { by: `cli:${userInfo().username}` } },
    });
    const again = await leaks(world, { rows: [] }, '--release', id);
    expect(again.exitCode).toBe(0);
    expect(again.out).toMatch(
      /^Nothing to do: scratch_1, Tableau from 10\.0\.0\.7 on analytics has not been held since /,
    );
    const after = leaksDocument.parse(JSON.parse((await leaks(world, { rows: [] }, '--json')).out));
    expect(after.thrashing).toMatchObject([{ held: false, released: { by: `cli:${userInfo().username}` } }]);
  });

  it('believes no history of a server that does not show everyone', async () => {
    const world = createReaperWorld();
    world.redshift.seesEveryone = false;
    const { exitCode, err, asked } = await leaks(world, { rows: [] });
    expect(exitCode).toBe(20);
    expect(err).toContain('superuser');
    expect(asked).toEqual([]);
  });

  it('says what the database said', async () => {
    const { exitCode, err } = await leaks(createReaperWorld(), { rows: [], error: 'ERROR: disk full' });
    expect(exitCode).toBe(1);
    expect(err).toContain('The session history query on target analytics ended FAILED: ERROR: disk full');
  });

  it.each([
    [['--since', '8d'], 'Expected --since from 1s to 7d'],
    [['--since', 'soon'], 'Expected a duration'],
    [['--release', 'xyz'], 'Expected 4 to 16 hex digits'],
    [['--by', 'colour'], 'Expected some of user,application,host,driver'],
  ])('refuses %j', async (args, message) => {
    const { exitCode, err } = await leaks(createReaperWorld(), { rows: [] }, ...args);
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
  });
});
