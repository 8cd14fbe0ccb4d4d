import * as z from 'zod';
import { memberJson } from './member-json.ts';
import { runRecordJson } from './run-record-json.ts';
import { moment } from './session-json.ts';

/** What `slotkeeper run --json` prints. */
export const runDocument = z
  .strictObject({
    schema: z.literal('slotkeeper.run/1'),
    stage: z.string(),
    target: z.string(),
    runId: z.string(),
    execution: z.string().meta({ description: 'ARN of the execution.' }),
    dryRun: z.boolean(),
    status: z
      .enum(['started', 'succeeded', 'failed', 'skipped'])
      .meta({ description: 'started: not waited for. skipped: another run of the target holds the lock.' }),
    exitCode: z.literal([0, 1, 10, 20]),
    startedAt: moment,
    finishedAt: moment.nullable(),
    run: runRecordJson.nullable().meta({ description: 'null: not waited for, or nothing was recorded.' }),
    members: z
      .array(memberJson)
      .meta({ description: 'The plan: the backends on which the run acts, most urgent first.' }),
    judgedBy: z
      .strictObject({
        policy: z.string().meta({ description: 'Its name, and the file that it is of; or built-in.' }),
        rules: z.array(z.string()).meta({ description: 'What each rule does, in the order in which they are asked.' }),
        maxTerminations: z.int(),
        maxShare: z.number().meta({ description: 'From 0 to 1, of all backends.' }),
        data: z.string().meta({ description: 'The folder in which it is remembered.' }),
      })
      .nullable()
      .meta({
        description: 'By which policy and caps a run by URL judged; null: by the slotkeeper.yml that is deployed.',
      }),
    recorded: z.string().nullable().meta({ description: 'The file of --record; null: nothing was recorded.' }),
    error: z.strictObject({ name: z.string(), message: z.string(), advice: z.string() }).nullable(),
  })
  .meta({ title: 'slotkeeper run --json' });

export type RunDocument = z.infer<typeof runDocument>;
