import * as z from 'zod';
import { moment } from './session-json.ts';
import { scheduleChangeJson } from './status-document.ts';

/** What `slotkeeper pause --json` and `slotkeeper resume --json` print. */
export const scheduleDocument = z
  .strictObject({
    schema: z.literal('slotkeeper.schedule/1'),
    stage: z.string(),
    at: moment,
    exitCode: z.literal([0, 1, 10]),
    targets: z.array(
      z.strictObject({
        target: z.string(),
        rule: z.string().nullable(),
        did: z.enum(['paused', 'resumed', 'nothing', 'no-schedule', 'failed']).meta({
          description: 'nothing: it was so already. no-schedule: with --all, a target that is run by hand.',
        }),
        changed: scheduleChangeJson.nullable().meta({ description: 'The newest change on record.' }),
        running: z.string().nullable().meta({ description: 'A run that is under way and goes on; null: none.' }),
        error: z.strictObject({ name: z.string(), message: z.string() }).nullable(),
      }),
    ),
  })
  .meta({ title: 'slotkeeper pause --json, slotkeeper resume --json' });

export type ScheduleDocument = z.infer<typeof scheduleDocument>;
