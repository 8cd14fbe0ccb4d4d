import { createSweepPools } from '../src/queries/sweep-pools.ts';
import { tenantHandler } from '../src/runtime/tenant-handler.ts';

/** Every few minutes: looks after the sessions of holders that died. */
export const handler = tenantHandler({
  name: 'SweepPools',
  read: () => null,
  createUseCase: createSweepPools,
  logged: (_, output) => ({ targets: output }),
});
