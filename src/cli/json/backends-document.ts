import * as z from 'zod';
import { CONFIDENCES } from '../../backends/evidence.ts';
import { PURPOSES } from '../../backends/purpose.ts';
import { ENGINES } from '../../config/describe-target.ts';
import {
  activityFields,
  count,
  counts,
  moment,
  ownerByField,
  poolField,
  sessionFields,
  wholeUserField,
} from './session-json.ts';

/** What `slotkeeper backends --json` prints. */
export const backendsDocument = z
  .strictObject({
    schema: z.literal('slotkeeper.backends/1'),
    stage: z.string(),
    target: z.string(),
    engine: z.enum(ENGINES),
    server: z.string().meta({ description: "The cluster's identifier, the workgroup's name, or host:port." }),
    database: z.string(),
    takenAt: moment.meta({ description: "The server's clock when it answered." }),
    slots: z
      .strictObject({
        limit: count,
        reserved: count,
        used: count,
        own: count,
        free: count,
        overdrawn: count,
        keepFree: count,
        system: count,
      })
      .meta({
        description:
          "used: backends but those of the platform itself (system), which take no slot; own: those of used that are Slotkeeper's. free = limit - reserved (for superusers) - used, and never less than 0; overdrawn: how far below 0 it would be, because superusers have taken reserved slots.",
      }),
    activities: counts.meta({ description: 'Backends by activity; adds up to the number of backends.' }),
    verdicts: z.strictObject({ keep: count, warn: count, terminate: count }),
    recorded: z.string().nullable().meta({ description: 'The file of --record; null: nothing was recorded.' }),
    backends: z.array(
      z.strictObject({
        ...sessionFields,
        wholeUser: wholeUserField,
        ...activityFields,
        own: z.boolean().meta({ description: 'The session that this very look took.' }),
        system: z.boolean(),
        superuser: z.boolean(),
        serverTimeoutSeconds: count,
        tempTables: z.boolean().meta({ description: 'Its statement log shows that it made a temporary table.' }),
        confidence: z.enum(CONFIDENCES).meta({ description: 'How far activity and idle time can be believed.' }),
        sources: z.array(z.string()).meta({ description: 'The views that told of it.' }),
        blocks: count.nullable().meta({
          description: 'How many sessions wait for its locks; null: the server does not tell.',
        }),
        purpose: z.enum(PURPOSES).nullable().meta({
          description:
            'What it is idle for, so that only a rule that names its application ends it; null: nothing that could be seen.',
        }),
        pool: poolField(['leased', 'unclear', 'idle', 'draining', 'orphan']),
        action: z.enum(['keep', 'warn', 'terminate']).meta({ description: 'What a run would do with it now.' }),
        rule: z.string().nullable(),
        code: z.string(),
        why: z.string(),
        owner: z.string().nullable(),
        ownerBy: ownerByField,
        endsAt: moment.nullable(),
        recovered: z.boolean(),
        warnedAt: moment.nullable(),
      }),
    ),
  })
  .meta({ title: 'slotkeeper backends --json' });

export type BackendsDocument = z.infer<typeof backendsDocument>;
