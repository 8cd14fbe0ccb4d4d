import * as z from 'zod';
import { runDocument } from './run-document.ts';

/** What `slotkeeper run --all --json` prints. */
export const runsDocument = z
  .strictObject({
    schema: z.literal('slotkeeper.runs/1'),
    stage: z.string(),
    dryRun: z.boolean(),
    exitCode: z.literal([0, 1, 10, 20]),
    targets: z
      .array(
        z.strictObject({
          target: z.string(),
          exitCode: z.literal([0, 1, 10, 20]),
          run: runDocument
            .nullable()
            .meta({ description: 'null: it could not be started, or not followed to its end.' }),
          error: z
            .strictObject({ name: z.string(), message: z.string() })
            .nullable()
            .meta({ description: 'Why there is no run; what a run failed with is in the run.' }),
        }),
      )
      .meta({ description: 'In the order of slotkeeper.yml.' }),
  })
  .meta({ title: 'slotkeeper run --all --json' });

export type RunsDocument = z.infer<typeof runsDocument>;
