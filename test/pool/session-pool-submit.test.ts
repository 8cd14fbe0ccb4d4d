import { describe, expect, it } from 'vitest';
import { errorOf } from './error-of.ts';
import { exampleKey } from './example-pooled-session.ts';
import { poolWorld, sql } from './pool-world.ts';

const acme = { tenantId: 'acme' };

describe('submit', () => {
  it('leaves the lease to the statement, whose event gives it back: repeated, late or unknown ones do no harm', async () => {
    const { clock, api, container, table } = poolWorld({ maxPerTenant: 1, waitSeconds: 1 });
    const { statementId } = await clock.finish(container().submit({ ...acme, sql: sql({ ms: 500_000, value: 7 }) }));
    const reader = container();
    expect(await clock.finish(reader.result({ ...acme, statementId }))).toEqual({ status: 'running', statementId });
    await clock.advance(200_000);
    const early = errorOf(container().query({ ...acme, sql: sql({ value: 1 }) }));
    expect((await clock.finish(early)).name).toBe('PoolExhausted');
    await clock.advance(400_000);
    const [event] = api.events();
    if (event === undefined) {
      throw new Error('Expected an event.');
    }
    const releaser = container();
    expect(await clock.finish(releaser.releaseByStatement({ ...event, statementName: 'mine' }))).toBe('not-ours');
    const foreign = { ...event, statementId: '00000000-0000-4000-8000-999999999999' };
    expect(await clock.finish(releaser.releaseByStatement(foreign))).toBe('unknown');
    expect(await clock.finish(releaser.releaseByStatement(event))).toBe('released');
    expect(await clock.finish(releaser.releaseByStatement(event))).toBe('already-settled');
    const [record] = (await table.readPool(exampleKey())).sessions;
    // 500 s after the start, plus keep-alive, less the margin: not counted from the event's delivery.
    expect(record?.aliveUntil).toBe('2026-11-20T15:13:10.000Z');
    expect(await clock.finish(reader.result({ ...acme, statementId }))).toMatchObject({ rows: [[7]] });
  });

  it("does not tell one tenant about another's statement", async () => {
    const { clock, container } = poolWorld();
    const pool = container();
    const { statementId } = await clock.finish(pool.submit({ ...acme, sql: sql({ value: 'secret' }) }));
    const error = await errorOf(clock.finish(pool.result({ tenantId: 'blue', statementId })));
    expect(error.name).toBe('BadRequest');
    const madeUp = await errorOf(
      clock.finish(pool.result({ tenantId: 'blue', statementId: '00000000-0000-4000-8000-123456789012' })),
    );
    expect(madeUp.message).toBe(error.message);
  });

  it('on a reused session is known by that session where the service does not say who ran it', async () => {
    const { api, clock, container } = poolWorld();
    const pool = container();
    await clock.finish(pool.query({ ...acme, sql: sql({ value: 'opens' }) }));
    api.describesUsersOfReused = false;
    const { statementId, reusedSession } = await clock.finish(pool.submit({ ...acme, sql: sql({ value: 'mine' }) }));
    expect(reusedSession).toBe(true);
    await clock.advance(5_000);
    expect(await clock.finish(pool.result({ ...acme, statementId }))).toMatchObject({ rows: [['mine']] });
    const foreign = await errorOf(clock.finish(pool.result({ tenantId: 'blue', statementId })));
    expect(foreign.name).toBe('BadRequest');
    // Closed sessions are listed for as long as results are kept: 24 hours.
    api.kill(0);
    expect(await clock.finish(pool.result({ ...acme, statementId }))).toMatchObject({ rows: [['mine']] });
  });

  it('whose submitter died before it wrote the statement down is given back by the event all the same', async () => {
    const { clock, api, container, table } = poolWorld();
    const doomed = container();
    const early = await clock.finish(doomed.query({ ...acme, sql: sql({ value: 1 }) }));
    const elsewhere = await clock.finish(doomed.query({ tenantId: 'blue', sql: sql({ value: 2 }) }));
    doomed.crashAfter('submit');
    void doomed.submit({ ...acme, sql: sql({ value: 3, ms: 5_000 }) });
    await clock.advance(1_000);
    const record = async () => (await table.readPool(exampleKey())).sessions[0];
    expect(await record()).toMatchObject({ statementId: null, lease: { use: 'statement' } });
    const name = { statementName: `slotkeeper/v1/analytics/acme/0/${(await record())?.id}/1` };
    const event = { ...name, state: 'FINISHED', at: clock.now().toISOString() } as const;
    const releaser = container();
    const release = (statementId: string) => clock.finish(releaser.releaseByStatement({ ...event, statementId }));
    // Neither a statement of another session nor an earlier one of the same can give back what still runs.
    expect(await release(elsewhere.statementId)).toBe('unknown');
    expect(await release(early.statementId)).toBe('still-running');
    await clock.advance(5_000);
    const [own] = api.events();
    expect(await release(own?.statementId ?? '')).toBe('released');
    expect((await record())?.state).toBe('available');
  });

  it('is given back by its own statement only, once it is written down', async () => {
    const { clock, container } = poolWorld();
    const pool = container();
    const early = await clock.finish(pool.query({ ...acme, sql: sql({ value: 1 }) }));
    await clock.finish(pool.submit({ ...acme, sql: sql({ value: 2, ms: 500_000 }) }));
    const statementName = 'slotkeeper/v1/analytics/acme/0/id-2/1';
    const forged = {
      statementId: early.statementId,
      statementName,
      state: 'FINISHED',
      at: clock.now().toISOString(),
    } as const;
    expect(await clock.finish(pool.releaseByStatement(forged))).toBe('unknown');
  });

  it('of which the backend was ended frees the slot by its event', async () => {
    const { clock, api, container, table } = poolWorld();
    const pool = container();
    await clock.finish(pool.submit({ ...acme, sql: sql({ value: 2, ms: 500_000 }) }));
    api.kill(0);
    const [event] = api.events();
    expect(event?.state).toBe('FAILED');
    expect(await clock.finish(pool.releaseByStatement(event ?? neverEnded()))).toBe('ended');
    expect((await table.readPool(exampleKey())).sessions[0]).toMatchObject({ state: 'ended', endReason: 'invalid' });
  });

  it('that leaves settings behind has its session retired by its event', async () => {
    const { clock, api, container } = poolWorld();
    const pool = container();
    await clock.finish(pool.submit({ ...acme, sql: 'set search_path to x' }));
    expect(await clock.finish(pool.releaseByStatement(api.events()[0] ?? neverEnded()))).toBe('retired');
    await clock.advance(2_000);
    expect(api.liveOf('tenant_acme')).toBe(0);
  });
});

function neverEnded(): never {
  throw new Error('Expected the statement to have ended.');
}
