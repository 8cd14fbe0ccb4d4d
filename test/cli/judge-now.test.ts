import { expect, it } from 'vitest';
import type { CliRuntime } from '../../src/cli/cli-runtime.ts';
import { NO_STACK_SERVICES } from '../../src/cli/deployment/no-stack-services.ts';
import { judgeNow } from '../../src/cli/judge-now.ts';
import { exampleTarget } from '../support/example-target.ts';
import { createPooledWorld, openPooled, POOL, POOLED } from '../support/pooled-world.ts';
import { TARGET } from '../support/reaper-world.ts';
import { fakeDeployment, fakeDeployments } from './fake-deployments.ts';
import { openNothing } from './open-nothing.ts';

it('shows how the session pool stands to each backend, as a run would see it', async () => {
  const world = createPooledWorld();
  await openPooled(world, { pid: 501, idle: 4000, leasedFor: 600 });
  await openPooled(world, { pid: 502, idle: 4000, slot: 1 });
  world.redshift.open({ pid: 503, idle: 4000, user: 'tenant_gone' }, { pid: 504, idle: 60, user: 'ana' });
  const nothing = async () => Promise.reject(new Error('Nobody starts a run here.'));
  const runtime: CliRuntime = {
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
  const target = exampleTarget({ name: TARGET, rules: [POOLED], pool: POOL });
  const { backends } = await judgeNow(runtime, fakeDeployment('test'), target);
  const tenants = backends.filter(({ pid }) => pid < 90_000).toSorted((a, b) => a.pid - b.pid);
  expect(tenants.map(({ pid, pool, action, code, why }) => [pid, pool, action, code, why])).toEqual([
    [501, 'leased', 'keep', 'leased', 'leased from the session pool, kept'],
    [502, 'idle', 'terminate', 'due-termination', 'pooled, idle 1h 6m ≥ 1h (rule pooled), ends now'],
    [503, 'orphan', 'terminate', 'due-termination', 'orphan of the pool, idle 1h 6m ≥ 1h (rule pooled), ends now'],
    [504, null, 'keep', 'no-rule', 'no rule matches, kept'],
  ]);
});
