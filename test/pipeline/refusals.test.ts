import { readFileSync } from 'node:fs';
import {
  ConfirmSubscriptionCommand,
  ListSubscriptionsByTopicCommand,
  ListTopicsCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { rewriteRedshiftSql } from '../../local/redshift/rewrite-redshift-sql.ts';
import { backendsDocument } from '../../src/cli/json/backends-document.ts';
import { runDocument } from '../../src/cli/json/run-document.ts';
import { runSpawned } from '../cli/spawn-cli.ts';
import { aliveOf } from './look.ts';
import { MINUTE, type Pipeline, pipelineConfig, type Session, startPipeline } from './pipeline.ts';
import { until } from './until.ts';

const CONFIG = pipelineConfig('refusals.yml');
const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

let pipeline: Pipeline;

/** Runs a command line in a process of its own against the embedded cloud. */
async function cli(...args: string[]) {
  const env = {
    AWS_ENDPOINT_URL: pipeline.cloud.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  return await runSpawned([...args, '--config', CONFIG], env);
}

async function hashOfDryRun(target: string): Promise<string> {
  const { out } = await cli('run', '--dry-run', '--target', target);
  return /run --apply ([0-9a-f]{12}) /.exec(out)?.[1] ?? 'none';
}

async function openMany(count: number, user: string): Promise<Record<string, Session>> {
  const sessions: Record<string, Session> = {};
  for (let index = 0; index < count; index += 1) {
    const session = await pipeline.open(user, 'shop');
    sessions[session.pid] = session;
  }
  return sessions;
}

/** A pool of so many sessions, which opens a new one for each that the server ends. */
async function openPool(user: string, size: number) {
  const live = new Set<number>();
  let open = true;
  const openOne = async (): Promise<void> => {
    const { client, pid } = await pipeline.open(user, 'pool');
    live.add(pid);
    client.once('end', () => {
      live.delete(pid);
      if (open) {
        opening.push(openOne());
      }
    });
  };
  const opening: Promise<void>[] = [];
  // In turn: the first one creates the user.
  for (let index = 0; index < size; index += 1) {
    await openOne();
  }
  const alive = async () => [...(await pipeline.alive())].filter((pid) => live.has(pid)).length;
  return {
    alive,
    full: () => until('the pool is full again', async () => ((await alive()) === size ? size : null)),
    async close() {
      open = false;
      await Promise.all(opening);
    },
  };
}

/** The reaper keeps a session for each target that ran before: of a user who ends nobody, or of a superuser. */
function withoutKeptSessions(sum: string): string {
  return sum.replace(/ \d+ no-rule \+/, '').replaceAll(/\d+ (=|keep|superuser)/g, 'SOME $1');
}

/** What the page shows of a command, without what differs from run to run. */
function shownFor(command: string): string {
  const shown = page.replaceAll(/--apply [0-9a-f]{12}/g, '--apply HASH');
  const start = shown.indexOf(`$ ${command.replace(/--apply [0-9a-f]{12}/, '--apply HASH')}\n`);
  const end = shown.indexOf('```', start);
  return start < 0 ? `nothing for ${command}` : timeless(shown.slice(shown.indexOf('\n', start) + 1, end));
}

function timeless(output: string): string {
  return output
    .replaceAll(/cli-\d{8}T\d{6}Z-[0-9a-f]{6}/g, 'RUN')
    .replaceAll(/\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}Z/g, 'TIME')
    .replaceAll(/took [\d.]+ s/g, 'took SOME s')
    .replaceAll(/\b[0-9a-f]{64}\b/g, 'HASH')
    .replaceAll(/\bplan [0-9a-f]{12}\b/g, 'plan HASH')
    .replaceAll(/pid \d+ started [\w:-]+/g, 'pid PID started TIME')
    .replaceAll(/\b\d+@TIME/g, 'PID@TIME')
    .replaceAll(/\b\d+s > 0s/g, 'SOME > 0s')
    .replaceAll(/it is \d+m( \d+s)? old/g, 'it is SOME old')
    .replaceAll(/of \d+ backends on/g, 'of SOME backends on')
    .replaceAll(/got \d+;/g, 'got SOME;')
    .replaceAll(/^(backends +\d+ = \d+ keep|kept +.*superuser.*)$/gm, withoutKeptSessions)
    .replaceAll(/ {2,}/g, '  ')
    .trim();
}

/** The run is refused, the page shows its very words, and the operators are told them. */
async function expectRefused(target: string, error: string, command = `run --wait --target ${target}`): Promise<void> {
  const told = (await pipeline.cloud.inbox('operators')).length;
  const { exitCode, out } = await cli(...command.split(' '));
  expect(timeless(out)).toBe(shownFor(`npm run --silent slotkeeper -- ${command}`));
  expect(exitCode).toBe(20);
  const mails = (await pipeline.cloud.inbox('operators')).slice(told);
  expect(mails.map(({ subject }) => subject)).toEqual([`Slotkeeper: run for ${target} refused to act (${error})`]);
}

beforeAll(async () => {
  pipeline = await startPipeline({ configPath: CONFIG, maxConnections: 40, waitPace: 0.02 });
  const { client } = pipeline.admin;
  await client.query('create user onlooker');
  await client.query(rewriteRedshiftSql('create user auditor password disable syslog access unrestricted'));
  await client.query('grant select on stl_connection_log to auditor');
});

afterEach(async () => {
  await pipeline.closeSessions();
});

afterAll(async () => {
  await pipeline.stop();
});

describe('each refusal', () => {
  it('of a plan past a cap ends nobody', async () => {
    const sessions = await openMany(6, 'web_shop');
    await expectRefused('capped', 'CapExceeded');
    expect(await aliveOf(pipeline, sessions)).toHaveLength(6);
  });

  it('of a user who does not see everyone ends nobody', async () => {
    const sessions = await openMany(2, 'web_shop');
    await expectRefused('blind', 'CanaryFailed');
    expect(await aliveOf(pipeline, sessions)).toHaveLength(2);
  });

  it('of a snapshot below the floor ends nobody', async () => {
    const sessions = await openMany(2, 'web_shop');
    await expectRefused('floored', 'SnapshotAnomalous');
    expect(await aliveOf(pipeline, sessions)).toHaveLength(2);
  });

  it('of a snapshot unlike the last one lasts until it is seen as often as the configuration says', async () => {
    await openMany(24, 'web_shop');
    expect((await cli('run', '--wait', '--target', 'steady')).exitCode).toBe(0);
    await pipeline.closeSessions();
    await expectRefused('steady', 'SnapshotAnomalous');
    expect((await cli('run', '--dry-run', '--target', 'steady')).exitCode).toBe(20);
    const { exitCode, out } = await cli('run', '--wait', '--target', 'steady', '--json');
    expect(exitCode).toBe(0);
    const { run } = runDocument.parse(JSON.parse(out));
    expect(run?.seen?.backends).toBe(run?.counts?.backends);
    expect(Math.abs(run?.seen?.clockDifferenceSeconds ?? Number.NaN)).toBeLessThan(5);
  });
});

describe('an owner whom nobody reaches', () => {
  it('is not told, blocks the end of his sessions, and is told once somebody has confirmed', async () => {
    const { sns } = pipeline.aws;
    const topic = (await sns.send(new ListTopicsCommand({}))).Topics?.find((one) => one.TopicArn?.endsWith('-owners'));
    const TopicArn = topic?.TopicArn ?? '';
    const [inbox] = (await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions ?? [];
    const filter = (policy: object) =>
      sns.send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn: inbox?.SubscriptionArn ?? '',
          AttributeName: 'FilterPolicy',
          AttributeValue: JSON.stringify(policy),
        }),
      );
    await filter({ owner: [{ 'anything-but': 'nobody@example.com' }] });
    const address = { TopicArn, Protocol: 'email', Endpoint: 'nobody@example.com', ReturnSubscriptionArn: true };
    const { SubscriptionArn: Token = '' } = await sns.send(new SubscribeCommand(address));
    const sessions = await openMany(1, 'bi_sales');
    const [pid = ''] = Object.keys(sessions);
    const told = (await pipeline.cloud.inbox('operators')).length;

    const command = 'run --wait --target unreached';
    const { exitCode, out } = await cli(...command.split(' '));
    // Runs for other targets have left their kept sessions by now.
    const uncounted = (text: string) => text.replaceAll(/^(backends|kept) .*$/gm, '$1 SUM');
    expect(uncounted(timeless(out))).toBe(uncounted(shownFor(`npm run --silent slotkeeper -- ${command}`)));
    expect(exitCode).toBe(1);
    const [mail, ...more] = (await pipeline.cloud.inbox('operators')).slice(told);
    expect(mail?.subject).toBe('Slotkeeper: nobody reaches 1 owner of sessions on unreached');
    expect(mail?.body).toContain(`aws sns subscribe --topic-arn ${TopicArn} --protocol email`);
    expect(more).toEqual([]);
    const runId = /^run +(\S+)/m.exec(out)?.[1] ?? '';
    const cause = 'refused: SubscriptionUnconfirmed: Expected at least one confirmed subscription';
    expect((await cli('history', runId, '--target', 'unreached')).out).toContain('SubscriptionUnconfirmed');
    expect((await cli('explain', pid, '--target', 'unreached')).out).toContain(
      cause.replace('refused', `refused by run ${runId}`),
    );
    expect((await cli('run', '--wait', '--target', 'unreached')).exitCode).toBe(1);
    expect(await aliveOf(pipeline, sessions)).toHaveLength(1);

    await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
    const warned = await until('the confirmation is believed', async () => {
      const run = await cli('run', '--wait', '--target', 'unreached', '--json');
      return run.exitCode === 10 ? runDocument.parse(JSON.parse(run.out)) : null;
    });
    expect(warned.run).toMatchObject({ notices: { sent: 1, refused: 0 }, unreachable: null });
    expect(warned.members).toMatchObject([{ action: 'warn', notice: 'sent' }]);
    await filter({});
  });
});

describe('an approved plan', () => {
  it('is refused when a member has changed, here by the very warning that it asked for', async () => {
    const sessions = await openMany(1, 'bi_sales');
    const apply = `run --apply ${await hashOfDryRun('changed')} --target changed`;
    expect((await cli(...apply.split(' '))).exitCode).toBe(10);
    await expectRefused('changed', 'PlanChanged', apply);
    expect(await aliveOf(pipeline, sessions)).toHaveLength(1);
  });
});

describe('a user who may look, but not end others', () => {
  it('warns without announcing an end, and ends nobody', async () => {
    const sessions = { ...(await openMany(1, 'web_shop')), ...(await openMany(1, 'bi_sales')) };
    const told = (await pipeline.cloud.inbox('owners')).length;
    const { exitCode, out } = await cli('run', '--wait', '--target', 'looking', '--json');
    expect(exitCode).toBe(10);
    const { run, members } = runDocument.parse(JSON.parse(out));
    expect(run).toMatchObject({ counts: { warn: 1, terminate: 0 }, kept: { 'may-not-end': 1 } });
    expect(members).toMatchObject([{ action: 'warn', user: 'bi_sales', endsAt: null }]);
    const [mail] = (await pipeline.cloud.inbox('owners')).slice(told);
    expect(mail?.body).toContain('None of them will be ended.');
    const again = runDocument.parse(JSON.parse((await cli('run', '--wait', '--target', 'looking', '--json')).out));
    expect(again.run).toMatchObject({ counts: { warn: 0, terminate: 0 }, kept: { 'may-not-end': 2 } });
    expect(await aliveOf(pipeline, sessions)).toHaveLength(2);
    const seen = await cli('backends', '--target', 'looking');
    expect(seen.out).toContain("kept, Slotkeeper's database user may not end others' sessions");
  });
});

describe('a client that opens a new session whenever one is ended', () => {
  it('is spared alone from its third return on, told of once, and ended again once somebody has released it', async () => {
    const pool = await openPool('web_pool', 3);
    const run = ['run', '--wait', '--target', 'thrashing'];
    try {
      expect((await cli(...run)).exitCode).toBe(10);
      await pool.full();
      const told = (await pipeline.cloud.inbox('operators')).length;
      const { exitCode, out } = await cli(...run);
      expect(timeless(out)).toBe(shownFor(`npm run --silent slotkeeper -- ${run.join(' ')}`));
      expect(exitCode).toBe(20);
      const [mail, ...others] = (await pipeline.cloud.inbox('operators')).slice(told);
      expect(mail?.subject).toBe('Slotkeeper: web_pool comes back at once on thrashing, its sessions are not ended');
      expect(others).toEqual([]);

      const sessions = await openMany(1, 'web_shop');
      expect((await cli(...run)).exitCode).toBe(10);
      expect(await aliveOf(pipeline, sessions)).toEqual([]);
      expect(await pool.alive()).toBe(3);
      expect(await pipeline.cloud.inbox('operators')).toHaveLength(told + 1);

      const release = /slotkeeper (leaks --release [0-9a-f]{16} --target thrashing)/.exec(mail?.body ?? '')?.[1] ?? '';
      const released = await cli(...release.split(' '));
      expect(timeless(released.out)).toBe(shownFor(`npm run --silent slotkeeper -- ${release}`));
      expect(released.exitCode).toBe(10);
      const again = runDocument.parse(JSON.parse((await cli(...run, '--json')).out));
      expect(again.run).toMatchObject({ outcomes: { gone: 3 }, clientsHeld: 0 });
    } finally {
      await pool.close();
    }
  });
});

describe('a target that ends only below keepFree', () => {
  async function freeNow(): Promise<number> {
    const { slots } = backendsDocument.parse(JSON.parse((await cli('backends', '--target', 'pressed', '--json')).out));
    // The session of the look itself is gone by now.
    return slots.free + slots.own;
  }

  it('counts free slots as the server does, ends as many as are needed, and nobody once enough are free', async () => {
    const free = await freeNow();
    const sessions: Record<string, Session> = {};
    for (;;) {
      try {
        const session = await pipeline.open('web_shop', 'shop');
        sessions[session.pid] = session;
      } catch (refusal) {
        expect(refusal).toMatchObject({ code: '53300' });
        break;
      }
    }
    const opened = Object.keys(sessions).length;
    expect(opened).toBe(free);

    const run = runDocument.parse(JSON.parse((await cli('run', '--wait', '--target', 'pressed', '--json')).out));
    // The reaper came in on a reserved slot: eleven have to go until ordinary users have ten.
    expect(run.run).toMatchObject({
      counts: { terminate: 11 },
      kept: { 'not-needed': opened - 11 },
      outcomes: { gone: 11 },
    });
    expect(run.members.every(({ code }) => code === 'pressed-termination')).toBe(true);
    expect(await freeNow()).toBe(10);

    const next = await cli('run', '--wait', '--target', 'pressed', '--json');
    expect(next.exitCode).toBe(0);
    expect(runDocument.parse(JSON.parse(next.out)).run).toMatchObject({ counts: { terminate: 0 } });
    expect(await aliveOf(pipeline, sessions)).toHaveLength(opened - 11);
  });
});

// Last in this file: it moves the clock of the cloud, and by then the command lines' own clock disagrees with it.
describe('an approved plan on a later clock', () => {
  it('is refused past its validity', async () => {
    const sessions = await openMany(1, 'web_shop');
    const apply = `run --apply ${await hashOfDryRun('expired')} --target expired`;
    await pipeline.clock.advance(16 * MINUTE);
    await expectRefused('expired', 'PlanExpired', apply);
    expect(await aliveOf(pipeline, sessions)).toHaveLength(1);
  });
});
