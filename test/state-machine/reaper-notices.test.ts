import { describe, expect, it } from 'vitest';
import { exampleTarget } from '../support/example-target.ts';
import { reap } from '../support/reap-machine.ts';
import { PLANNED } from '../support/reaper-paths.ts';
import { createReaperWorld, EVERYONE, TARGET } from '../support/reaper-world.ts';

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
