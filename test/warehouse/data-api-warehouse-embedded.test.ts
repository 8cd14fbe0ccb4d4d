import { afterAll, expect, vi } from 'vitest';
import { createDataApiWarehouse } from '../../src/warehouse/data-api-warehouse.ts';
import { type Harness, startHarness } from '../local/data-api-harness.ts';
import { exampleTarget } from '../support/example-target.ts';
import { describeWarehouse } from './warehouse-contract.ts';

let harness: Harness | undefined;

afterAll(async () => {
  await harness?.stop();
});

describeWarehouse('createDataApiWarehouse on the embedded Data API', async () => {
  harness = await startHarness();
  const { admin, serve } = harness;
  const client = (await serve()).client();
  return {
    warehouse: createDataApiWarehouse({ client, target: exampleTarget() }),
    async endBackend(pid) {
      await admin.query('select pg_terminate_backend($1)', [pid]);
      await vi.waitFor(
        async () => {
          const { rowCount } = await admin.query('select 1 from pg_stat_activity where pid = $1', [pid]);
          expect(rowCount).toBe(0);
        },
        { timeout: 10_000, interval: 20 },
      );
    },
  };
});
