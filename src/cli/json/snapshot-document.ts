import * as z from 'zod';
import { recordingMembers } from '../../replay/recording-shape.ts';

const fits = z.array(z.strictObject({ pattern: z.string(), fits: z.array(z.string()) }));

/** What `--record` writes and `slotkeeper replay` reads. */
export const snapshotDocument = z
  .strictObject({
    schema: z.literal('slotkeeper.snapshot/1'),
    stage: z.string(),
    source: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('run'), runId: z.string(), dryRun: z.boolean() }),
        z.strictObject({ kind: z.literal('look') }),
      ])
      .meta({ description: 'A run, or a mere look (slotkeeper backends).' }),
    names: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('plain') }),
        z.strictObject({ kind: z.literal('hashed'), users: fits, clientHosts: fits, ownerTags: fits.exactOptional() }),
      ])
      .meta({
        description: 'hashed: users, client hosts, owners and tenants are; which fit which pattern is told here.',
      }),
    ...recordingMembers,
  })
  .meta({ title: 'A recorded snapshot (slotkeeper run --record, slotkeeper backends --record)' });

export type SnapshotDocument = z.infer<typeof snapshotDocument>;
