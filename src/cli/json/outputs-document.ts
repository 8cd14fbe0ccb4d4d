import * as z from 'zod';
import { stackJson } from './status-document.ts';

/** What `slotkeeper outputs --json` prints. */
export const outputsDocument = z
  .strictObject({
    schema: z.literal('slotkeeper.outputs/1'),
    stage: z.string(),
    region: z.string().nullable(),
    stack: stackJson,
    outputs: z.record(z.string(), z.string()).meta({ description: "The stack's outputs, by their keys." }),
  })
  .meta({ title: 'slotkeeper outputs --json' });

export type OutputsDocument = z.infer<typeof outputsDocument>;
