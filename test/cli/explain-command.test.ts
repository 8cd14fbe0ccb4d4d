import { describe, expect, it } from 'vitest';
import { createTakeBackSnooze } from '../../src/reaper/snooze/take-back-snooze.ts';
import { reap } from '../support/reap-machine.ts';
import { createReaperWorld, EVERYONE, TARGET, UNWARNED } from '../support/reaper-world.ts';
import { explain, explainJson } from './explain-in-world.ts';

const ETL = { ...EVERYONE, name: 'etl', match: { user: ['etl*'], application: ['airflow', 'dbt'] }, keep: true };

describe('slotkeeper explain of a session that lives', () => {
  it('shows protections, rules tried with each clause, and what is measured against which limit', async () => {
    const world = createReaperWorld({ rules: [ETL, UNWARNED, EVERYONE, { ...EVERYONE, name: 'never-reached' }] });
    world.redshift.open({ pid: 501, idle: 2000, user: 'etl_nightly', application: 'Tableau' });
    const { exitCode, out } = await explain(world, '501');
    expect(exitCode).toBe(0);
    const lines = out.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '));
    expect(lines).toEqual([
      expect.stringMatching(/^backend \| 501@.*, alive$/),
      'client | etl_nightly, database dev, Tableau from 10.0.0.7',
      'record | none: nobody was told of it',
      expect.stringMatching(/^activity \| idle, last active .*Z, 33m 20s before$/),
      expect.stringMatching(/^decided \| now, by a look at /),
      expect.stringMatching(
        /^decision \| warn: idle 33m 20s ≥ 30m \(rule everyone\), to be warned, ends \d\d:\d\d at the earliest$/,
      ),
      'owner | data-platform@example.com, by notices.defaultOwner',
      expect.stringMatching(/^ends at \| .* at the earliest$/),
      '',
      'ASKED | CLAUSE | MEASURED | LIMIT | HOLDS',
      'protection | not the own session | yes | yes | yes',
      "protection | not the platform's own session | yes | yes | yes",
      'protection | not running | yes | yes | yes',
      'protection | activity is known | yes | yes | yes',
      'protection | seconds between the clocks <= limit | 0s | 10m | yes',
      'rule etl | match.user | etl_nightly | etl* | yes',
      'rule etl | match.application | Tableau | airflow | dbt | no',
      'rule scratch-users | match.user | etl_nightly | scratch* | no',
      'rule everyone | matches everything | yes',
      '1 more rule | not tried | -',
      'decision | idle >= warnAfter | 33m 20s | 30m | yes',
      'decision | receipt in this idle spell | no | yes | no',
      'caps | terminations of the run <= caps.maxTerminations | 0 | 3000 | yes',
      'caps | terminations of the run <= caps.maxShare of all backends | 0 | 2 | yes',
    ]);
  });

  it('asks no rule where a protection decides', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 9000, running: true });
    const [backend] = await explainJson(world, 501);
    expect(backend).toMatchObject({
      alive: true,
      record: null,
      decision: { run: null, action: 'keep', code: 'running', rules: [], untried: 2 },
    });
    expect(backend?.decision?.protections.at(-1)).toEqual(backend?.decision?.reasons[0]);
  });

  it('shows the receipt, how old it is against the grace, and that the caps refuse the run', async () => {
    const world = createReaperWorld({ caps: { maxTerminations: 0, maxShare: 1 } });
    world.redshift.open({ pid: 501, idle: 3000 });
    await reap(world.ports);
    world.clock.advance(600);
    expect((await explainJson(world, 501))[0]).toMatchObject({
      record: { state: 'warned', receipt: { owner: 'bi-team@example.com', messageId: 'owner-message-1' } },
      decision: {
        action: 'keep',
        code: 'warned-waiting',
        reasons: expect.arrayContaining([
          { clause: 'idle >= terminateAfter', measured: 3600, limit: 3600, held: true },
          expect.objectContaining({ clause: 'receipt in this idle spell', held: true }),
          { clause: 'receipt age >= grace', measured: 600, limit: 900, held: false },
        ]),
      },
    });
    world.clock.advance(300);
    const { out } = await explain(world, '501');
    expect(out).toMatch(/decision +kill: idle 1h 5m ≥ 1h \(rule everyone\), warned \d\d:\d\d, ends now/);
    expect(out).toMatch(/refused +the plan is past the caps: a run acts on none of it/);
    expect(out).toMatch(/caps +terminations of the run <= caps\.maxTerminations +1 +0 +no/);
  });
});

describe('slotkeeper explain of a session that is gone', () => {
  it('tells from the table why it was ended, by the rules as they were then', async () => {
    const world = createReaperWorld({ rules: [ETL, UNWARNED, EVERYONE] });
    world.redshift.open({ pid: 501, idle: 3000 });
    await reap(world.ports);
    world.clock.advance(1000);
    await reap(world.ports);
    const { runId } = await world.lastRun();
    world.clock.advance(7 * 86_400);

    const otherRules = createReaperWorld({ rules: [{ ...EVERYONE, name: 'new-rule', terminateAfter: 60 }] }).config;
    const backends = await explainJson({ ...world, config: otherRules }, 501);

    expect(backends).toMatchObject([
      {
        alive: false,
        user: 'bi_reader',
        record: { state: 'terminated', outcome: 'gone', receipt: { messageId: 'owner-message-1' } },
        decision: {
          run: runId,
          action: 'terminate',
          rule: 'everyone',
          rules: [
            { rule: 'etl', matched: false },
            { rule: 'scratch-users', matched: false },
            { rule: 'everyone', matched: true, terminateAfter: 3600, grace: 900 },
          ],
          reasons: [
            { clause: 'idle >= terminateAfter', measured: 4000, limit: 3600, held: true },
            { clause: 'receipt in this idle spell', held: true },
            { clause: 'receipt age >= grace', measured: 1000, limit: 900, held: true },
          ],
          caps: [{ measured: 1, limit: 3000, held: true }, { held: true }],
        },
      },
    ]);
    const { out } = await explain({ ...world, config: otherRules }, '501');
    expect(out).toMatch(/^backend +501@.*, no longer there$/m);
    expect(out).toMatch(/^record +terminated \(gone\) since /m);
    expect(out).toMatch(new RegExp(`^decided +by run ${runId}, at `, 'm'));
  });

  it('tells who snoozed it and who took that back', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 2000, application: 'nightly keep=2h' });
    await reap(world.ports);
    const { identity } = (await world.recordOf(501)) ?? expect.fail('expected a record of 501');
    expect((await explain(world, '501')).out).toMatch(/^snooze +until \S+ \S+, by sql:bi_reader at \S+ \S+Z$/m);
    await createTakeBackSnooze(world.ports)({ identity, by: 'cli:ann' });
    const { out } = await explain(world, '501');
    expect(out).toMatch(/^snooze +until .*, by sql:bi_reader at .*Z, taken back by cli:ann$/m);
    expect(out).toMatch(/^decision +warn: .*, its keep tag was taken back by cli:ann$/m);
    expect((await explainJson(world, 501))[0]?.record?.snooze).toMatchObject({ takenBackBy: 'cli:ann' });
  });

  it('tells what is on record without asking the server, with --recorded', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 2000 });
    await reap(world.ports);
    const looks = world.redshift.calls.submit;
    const { out } = await explain(world, '501', '--recorded');
    expect(out).toMatch(/^backend +501@.*, from the record alone$/m);
    expect(out).toMatch(/^decision +warn: idle 33m 20s ≥ 30m \(rule everyone\)/m);
    expect((await explain(world, '42', '--recorded')).err).toContain('that has or had the pid 42 is on record');
    expect(world.redshift.calls.submit).toBe(looks);
  });

  it('tells of one that left after its warning, and shows who has its pid now first', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 2000 });
    await reap(world.ports);
    const { runId } = await world.lastRun();
    world.redshift.close(501);
    await reap(world.ports);
    world.redshift.open({ pid: 501, idle: 10, user: 'ana' });
    expect(await explainJson(world, 501)).toMatchObject([
      { alive: true, user: 'ana', decision: { code: 'below-warning' } },
      {
        alive: false,
        user: 'bi_reader',
        record: { state: 'gone' },
        decision: { run: runId, action: 'warn', code: 'due-warning' },
      },
    ]);
  });

  it('says so when the plan is no longer stored, and refuses a pid that nobody has or had', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 2000 });
    await reap(world.ports);
    world.redshift.close(501);
    await reap(world.ports);
    const table = { ...world.table, readPlan: async () => null };
    expect((await explainJson({ ...world, table }, 501))[0]).toMatchObject({ alive: false, decision: null });
    expect((await explain({ ...world, table }, '501')).out).toMatch(/^decision +not stored any more$/m);
    expect(await explain(world, '42')).toMatchObject({
      exitCode: 20,
      out: '',
      err: expect.stringContaining(`No session of target ${TARGET} has the pid 42`),
    });
    expect((await explain(world, 'run-1')).exitCode).toBe(2);
  });
});
