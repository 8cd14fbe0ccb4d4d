import * as z from 'zod';
import { moment } from './session-json.ts';
import { thrashingJson } from './thrashing-json.ts';

/** What `slotkeeper leaks --release <id> --json` prints. */
export const releaseDocument = z
  .strictObject({
    schema: z.literal('slotkeeper.release/1'),
    stage: z.string(),
    target: z.string(),
    at: moment,
    did: z.enum(['released', 'nothing']).meta({ description: 'nothing: its sessions were not held any more.' }),
    client: thrashingJson,
  })
  .meta({ title: 'slotkeeper leaks --release --json' });

export type ReleaseDocument = z.infer<typeof releaseDocument>;
