import * as z from 'zod';
import { LEASE_USES } from '../../pool/pooled-session.ts';
import { count, moment } from './session-json.ts';

const sessions = z.strictObject({ creating: count, available: count, leased: count, draining: count });

const share = z.number().min(0).max(1).nullable();

/** What `slotkeeper pool --json` prints. */
export const poolDocument = z
  .strictObject({
    schema: z.literal('slotkeeper.pool/1'),
    stage: z.string(),
    target: z.string(),
    takenAt: moment,
    limits: z.strictObject({
      maxPerTenant: count,
      maxPerTarget: count.nullable().meta({ description: 'null: only the tenants have bounds.' }),
    }),
    total: z.strictObject({ sessions, waiting: count, statements: count, hits: count, hitRate: share }),
    tenants: z
      .array(
        z.strictObject({
          tenant: z.string(),
          database: z.string(),
          dbUser: z.string(),
          sessions: sessions.meta({ description: 'Live sessions by state.' }),
          oldestLease: z
            .strictObject({
              since: moment,
              until: moment,
              use: z.enum(LEASE_USES).meta({ description: 'What the session is leased for.' }),
              over: z.boolean().meta({ description: 'Past its end: its holder is late or dead.' }),
            })
            .nullable(),
          waiting: count.meta({ description: 'Processes that wait for a session.' }),
          statements: count.meta({
            description: "What the sessions on record ran, ended ones included, as known at each one's last write.",
          }),
          hits: count.meta({
            description: 'Those of them that found a session open: all but the first of each session.',
          }),
          hitRate: share.meta({ description: 'hits / statements; null: no statement yet.' }),
        }),
      )
      .meta({ description: 'Tenants that have a live session, by name.' }),
  })
  .meta({ title: 'slotkeeper pool --json' });

export type PoolDocument = z.infer<typeof poolDocument>;
