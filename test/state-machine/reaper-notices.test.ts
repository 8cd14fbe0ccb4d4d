import { describe, expect, it } from 'vitest';
import { exampleTarget } from '../support/example-target.ts';
import { reap } from '../support/reap-machine.ts';
import { PLANNED } from '../support/reaper-paths.ts';
import { createReaperWorld, EVERYONE, TARGET } from '../support/reaper-world.ts';
import { NOBODY } from '../support/recording-notice-channel.ts';

describe('a notice that fails', () => {
  it('fails nothing else, blocks the end of its backends, and is tried anew by the next run', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 7200 });
    world.owners.refuseNext();
    const execution = await reap(world.ports);
    expect(execution.states).toEqual([
      ...PLANNED,
      'HasNotices',
      'PublishNotices',
      'PublishNotice',
      'RecordNoticeFailure',
      'HasTerminations',
      'FinishRun',
    ]);
    expect(execution.failure).toBeNull();
    expect(await world.lastRun()).toMatchObject({ state: 'succeeded', notices: { sent: 0, failed: 1 } });
    expect(world.metrics.records.at(-1)?.figures).toMatchObject({ NoticesFailed: 1 });
    world.clock.advance(3600);
    await reap(world.ports);
    expect(world.redshift.backends.has(501)).toBe(true);
    expect(world.owners.messages).toHaveLength(1);
    expect(await world.recordOf(501)).toMatchObject({ state: 'warned' });
  });

  it('of one owner leaves the others told', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 7200 }, { pid: 502, idle: 7200, user: 'etl' });
    world.owners.refuseNext();
    await reap(world.ports);
    expect(await world.lastRun()).toMatchObject({ notices: { sent: 1, failed: 1 } });
    const states = await Promise.all([world.recordOf(501), world.recordOf(502)]);
    expect(states.filter((record) => record?.state === 'warned')).toHaveLength(1);
  });
});

describe('an owner who was told that there would be no end', () => {
  it('is told anew once there is to be one, and has the whole grace from then on', async () => {
    const world = createReaperWorld({ rules: [{ ...EVERYONE, terminateAfter: null }] });
    world.redshift.open({ pid: 501, idle: 7200 });
    await reap(world.ports);
    expect(await world.recordOf(501)).toMatchObject({ state: 'warned', endsAt: null });

    const caps = { maxTerminations: 10, maxShare: 1 };
    const targets = { [TARGET]: exampleTarget({ name: TARGET, rules: [EVERYONE], caps }) };
    const stricter = { ...world.ports, config: { ...world.config, targets } };
    world.clock.advance(86_400);
    await reap(stricter);
    expect(world.owners.messages).toHaveLength(2);
    const record = await world.recordOf(501);
    expect(record?.receipt?.messageId).toBe('owner-message-2');
    expect(Date.parse(record?.endsAt ?? '') - world.clock.now().getTime()).toBeGreaterThan(
      (EVERYONE.grace - 60) * 1000,
    );

    world.clock.advance(EVERYONE.grace - 60);
    await reap(stricter);
    expect(world.redshift.backends.has(501)).toBe(true);
    world.clock.advance(120);
    await reap(stricter);
    expect(world.redshift.backends.has(501)).toBe(false);
    expect(world.owners.messages).toHaveLength(2);
  });
});

describe('an owner whom nobody reaches', () => {
  it('is sent nothing, blocks his kills alone, and is named to the operators once per run', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 7200 }, { pid: 502, idle: 7200 }, { pid: 503, idle: 7200, user: 'etl' });
    world.owners.reach(({ attributes }) =>
      attributes['owner'] === 'bi-team@example.com' ? NOBODY : { confirmed: 2, pending: 0, filtered: 1 },
    );
    expect((await reap(world.ports)).failure).toBeNull();
    expect(world.owners.messages.map(({ attributes }) => attributes['owner'])).toEqual(['data-platform@example.com']);
    const run = await world.lastRun();
    expect(run).toMatchObject({
      state: 'succeeded',
      notices: { sent: 1, failed: 0, refused: 1 },
      unreachable: { owners: ['bi-team@example.com'], operatorsTold: true },
    });
    const notices = await world.table.listNotices({ target: TARGET, runId: run.runId });
    expect(notices.find(({ state }) => state === 'refused')).toMatchObject({
      owner: 'bi-team@example.com',
      messageId: null,
      error: expect.stringMatching(/^SubscriptionUnconfirmed: .*1 pending, 0 confirmed/),
    });
    expect(notices.find(({ state }) => state === 'sent')).toMatchObject({ confirmed: 2 });
    expect((await world.recordOf(503))?.receipt).toMatchObject({ confirmed: 2 });
    expect(await world.recordOf(501)).toBeUndefined();
    expect(world.operators.messages).toHaveLength(1);
    expect(world.operators.messages[0]).toMatchObject({
      attributes: { action: 'unreachable' },
      body: expect.stringContaining('aws sns subscribe --topic-arn arn:aws:sns:us-east-1:000000000000:owner-message'),
    });
    world.clock.advance(7200);
    await reap(world.ports);
    expect([...world.redshift.backends.keys()].sort()).toEqual(expect.arrayContaining([501, 502]));
    expect(world.redshift.backends.has(503)).toBe(false);
    world.owners.reach(() => ({ confirmed: 1, pending: 0, filtered: 0 }));
    world.clock.advance(60);
    await reap(world.ports);
    expect(await world.recordOf(501)).toMatchObject({ state: 'warned', receipt: { confirmed: 1 } });
    expect((await world.lastRun()).unreachable).toBeUndefined();
  });

  it('is told all the same where the configuration does not ask for a confirmation', async () => {
    const world = createReaperWorld({ notices: { requireConfirmed: false } });
    world.redshift.open({ pid: 501, idle: 7200 });
    world.owners.reach(() => NOBODY);
    await reap(world.ports);
    expect(world.owners.messages).toHaveLength(1);
    expect((await world.recordOf(501))?.receipt).not.toHaveProperty('confirmed');
  });

  it('goes on record also when the operators cannot be told', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 7200 });
    world.owners.reach(() => NOBODY);
    world.operators.refuseNext();
    expect((await reap(world.ports)).failure).toBeNull();
    expect((await world.lastRun()).unreachable).toEqual({ owners: ['bi-team@example.com'], operatorsTold: false });
  });
});

describe('an owner who was sent as much as he may be sent', () => {
  it('is told of everything by the first run past the bound, and loses nothing before', async () => {
    const world = createReaperWorld({ notices: { rate: { messages: 2, per: 3600 } } });
    for (const pid of [501, 502, 503, 504]) {
      world.redshift.open({ pid, idle: 1800 });
      await reap(world.ports);
      world.clock.advance(60);
    }
    expect(world.owners.messages).toHaveLength(2);
    const run = await world.lastRun();
    expect(run).toMatchObject({ state: 'succeeded', notices: { sent: 0, failed: 0, deferred: 1 } });
    expect(run.unreachable).toBeUndefined();
    expect(world.operators.messages).toEqual([]);
    const [notice] = await world.table.listNotices({ target: TARGET, runId: run.runId });
    expect(notice).toMatchObject({
      state: 'deferred',
      error: expect.stringMatching(/^NoticeDeferred: Expected fewer than 2 messages to bi-team@example.com within 1h/),
    });
    world.clock.advance(3300);
    await reap(world.ports);
    expect(world.owners.messages).toHaveLength(2);
    expect(world.redshift.backends.has(503)).toBe(true);
    world.clock.advance(60);
    await reap(world.ports);
    expect(world.owners.messages).toHaveLength(3);
    expect(world.owners.messages[2]?.body).toMatch(/503.*\n504/);
  });

  it('does not lose messages to a topic that is out of order', async () => {
    const world = createReaperWorld({ notices: { rate: { messages: 1, per: 3600 } } });
    world.redshift.open({ pid: 501, idle: 7200 });
    world.owners.refuseNext(3);
    for (let run = 0; run < 4; run += 1) {
      await reap(world.ports);
    }
    expect(await world.recordOf(501)).toMatchObject({ state: 'warned' });
  });
});

describe('a notice that goes out long after its plan was made', () => {
  it('names the later end, and that end is the one that holds', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 7200 });
    const planned = world.clock.now().getTime();
    const readOwnerMail: typeof world.table.readOwnerMail = async (key) => {
      world.clock.advance(300);
      return await world.table.readOwnerMail(key);
    };
    await reap({ ...world.ports, table: { ...world.table, readOwnerMail } });
    const end = new Date(planned + (300 + EVERYONE.grace) * 1000).toISOString();
    expect(await world.recordOf(501)).toMatchObject({ state: 'warned', endsAt: end });
    expect(world.owners.messages[0]?.body).toContain(end.slice(0, 19).replace('T', ' '));
    world.clock.advance(EVERYONE.grace - 1);
    await reap(world.ports);
    expect(world.redshift.backends.has(501)).toBe(true);
    world.clock.advance(1);
    await reap(world.ports);
    expect(world.redshift.backends.has(501)).toBe(false);
  });
});

describe('a notice whose receipt was not stored', () => {
  it('is not sent again: the next run takes its receipt over, with the end that it announces itself', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 7200 }, { pid: 502, idle: 7200 });
    const table = { ...world.table, saveBackend: async () => Promise.reject(new Error('the table is down')) };
    await reap({ ...world.ports, table });
    expect(await world.recordOf(501)).toBeUndefined();
    const sentAt = world.clock.now().toISOString();
    const first = (await world.lastRun()).runId;
    world.clock.advance(600);
    await reap(world.ports);
    expect(world.owners.messages).toHaveLength(1);
    const run = await world.lastRun();
    expect(run.notices).toEqual({ sent: 1, failed: 0 });
    expect(await world.table.listNotices({ target: TARGET, runId: run.runId })).toMatchObject([
      { state: 'sent', messageId: 'owner-message-1', takenOverFrom: first },
    ]);
    const record = await world.recordOf(502);
    expect(record?.receipt).toMatchObject({ messageId: 'owner-message-1', at: sentAt, runId: run.runId });
    expect(Date.parse(record?.endsAt ?? '')).toBe(Date.parse(sentAt) + 1_500_000);
    world.clock.advance(899);
    await reap(world.ports);
    expect(world.redshift.backends.has(501)).toBe(true);
    world.clock.advance(1);
    await reap(world.ports);
    expect(world.redshift.backends.has(501)).toBe(false);
  });
});
