import * as z from 'zod';
import { activityFields, count, counts, moment, poolField, sessionFields } from './session-json.ts';

/** What `slotkeeper backends --json` prints. */
export const backendsDocument = z
  .strictObject({
    schema: z.literal('slotkeeper.backends/1'),
    stage: z.string(),
    target: z.string(),
    cluster: z.string(),
    database: z.string(),
    takenAt: moment.meta({ description: "The server's clock when it answered." }),
    slots: z
      .strictObject({ limit: count, used: count, free: count, keepFree: count, system: count })
      .meta({ description: 'used: backends but those of the platform itself (system), which take no slot.' }),
    activities: counts.meta({ description: 'Backends by activity; adds up to the number of backends.' }),
    verdicts: z.strictObject({ keep: count, warn: count, terminate: count }),
    backends: z.array(
      z.strictObject({
        ...sessionFields,
        ...activityFields,
        own: z.boolean().meta({ description: 'The session that this very look took.' }),
        system: z.boolean(),
        superuser: z.boolean(),
        serverTimeoutSeconds: count,
        pool: poolField(['leased', 'unclear', 'idle', 'draining', 'orphan']),
        action: z.enum(['keep', 'warn', 'terminate']).meta({ description: 'What a run would do with it now.' }),
        rule: z.string().nullable(),
        code: z.string(),
        why: z.string(),
        owner: z.string().nullable(),
        endsAt: moment.nullable(),
        recovered: z.boolean(),
        warnedAt: moment.nullable(),
      }),
    ),
  })
  .meta({ title: 'slotkeeper backends --json' });

export type BackendsDocument = z.infer<typeof backendsDocument>;
