import * as z from 'zod';
import { count, moment } from './session-json.ts';

/** What `slotkeeper doctor --probe --json` prints; it names no session, no user and no SQL, so it can be sent to anybody. */
export const probeDocument = z
  .strictObject({
    schema: z.literal('slotkeeper.probe/1'),
    engine: z.enum(['redshift', 'redshift-serverless']),
    region: z.string().nullable().meta({ description: 'null: an endpoint of its own was asked.' }),
    at: moment,
    exitCode: z.literal([0, 1, 10]),
    counts: z.strictObject({ agrees: count, differs: count, 'not-tried': count }),
    sessions: z.strictObject({ opened: count, closed: count, expiring: count }).meta({
      description: 'Opened by the probe; expiring: not seen to close, they end by their keep-alive of a minute.',
    }),
    broken: z.string().nullable().meta({ description: 'What ended it before all was tried; null: nothing did.' }),
    results: z.array(
      z.strictObject({
        id: z.string().meta({ description: 'One word, e.g. busy-session.' }),
        question: z.string(),
        expected: z.string().meta({ description: 'What the embedded cloud answers.' }),
        observed: z.string().nullable().meta({ description: 'null: it was not tried.' }),
        outcome: z
          .enum(['agrees', 'differs', 'not-tried'])
          .meta({ description: 'Of the embedded cloud, with what was observed.' }),
        note: z.string().meta({ description: 'What was measured beside, or why it was not tried.' }),
        source: z.string().meta({ description: "What the embedded cloud's answer rests on." }),
      }),
    ),
  })
  .meta({ title: 'slotkeeper doctor --probe --json' });

export type ProbeDocument = z.infer<typeof probeDocument>;
