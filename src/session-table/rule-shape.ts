import * as z from 'zod';
import { IDLE_ACTIVITIES } from '../backends/activity.ts';
import { POOL_MATCHES } from '../policy/pool-standing.ts';
import type { Rule } from '../policy/rule.ts';

const patterns = z.array(z.string());
const seconds = z.number().min(0);

/** A rule as a stored plan keeps it. */
export const ruleShape: z.ZodType<Rule> = z.strictObject({
  name: z.string(),
  match: z.strictObject({
    user: patterns.exactOptional(),
    database: patterns.exactOptional(),
    application: patterns.exactOptional(),
    clientHost: patterns.exactOptional(),
    activity: z.array(z.enum(IDLE_ACTIVITIES)).exactOptional(),
    pool: z.array(z.enum(POOL_MATCHES)).exactOptional(),
  }),
  keep: z.boolean(),
  warnAfter: seconds.nullable(),
  terminateAfter: seconds.nullable(),
  grace: seconds,
  notice: z.enum(['owner', 'none']),
  owner: z.string().nullable(),
  whenFreeSlotsBelow: z
    .strictObject({
      warnAfter: seconds.exactOptional(),
      terminateAfter: seconds.exactOptional(),
      grace: seconds.exactOptional(),
    })
    .exactOptional(),
});
