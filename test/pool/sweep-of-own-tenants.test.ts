import { describe, expect, it } from 'vitest';
import { exampleKey } from './example-pooled-session.ts';
import { poolWorld, sql, TARGET } from './pool-world.ts';

describe('a sweep of some tenants', () => {
  it("leaves the others' sessions and target slots to whoever opened them", async () => {
    const { clock, api, container, table } = poolWorld();
    const dead = container();
    for (const tenantId of ['acme', 'beta']) {
      await clock.finish(dead.query({ tenantId, sql: sql({ value: tenantId }) }));
    }
    dead.crash();
    // Past the lease.
    await clock.advance(20_000);
    const looks = api.calls['ListSessions'] ?? 0;
    const report = await clock.finish(container().sweep((tenant) => tenant === 'beta'));
    expect(report).toEqual({ seen: 1, released: 1, slotsFreed: 0, failed: 0 });
    expect((api.calls['ListSessions'] ?? 0) - looks).toBe(1);
    const stateOf = async (tenant: string) => {
      const { sessions } = await table.readPool(exampleKey({ tenant, dbUser: `tenant_${tenant}` }));
      return sessions.map(({ state }) => state);
    };
    expect([await stateOf('acme'), await stateOf('beta')]).toEqual([['leased'], ['available']]);
    expect(await table.readTargetSlots(TARGET.name)).toHaveLength(2);
    expect(await clock.finish(container().sweep())).toMatchObject({ seen: 2, released: 1 });
  });
});
