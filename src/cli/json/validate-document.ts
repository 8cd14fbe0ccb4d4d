import * as z from 'zod';
import { count } from './session-json.ts';

/** What `slotkeeper validate --json` prints. */
export const validateDocument = z
  .strictObject({
    schema: z.literal('slotkeeper.validate/1'),
    file: z.string(),
    exitCode: z.literal([0, 2, 10]),
    errors: count,
    warnings: count,
    findings: z
      .array(
        z.strictObject({
          severity: z.enum(['error', 'warning']),
          code: z
            .string()
            .meta({ description: 'One word, e.g. rule-never-reached; invalid: the file cannot be used.' }),
          path: z.string().meta({ description: 'e.g. policies.default[2].grace; empty: the file as a whole.' }),
          line: count.nullable().meta({ description: 'From 1; null: no place in the file.' }),
          expected: z.string(),
          got: z.string(),
          advice: z.string(),
        }),
      )
      .meta({ description: 'In the order of the file.' }),
  })
  .meta({ title: 'slotkeeper validate --json' });

export type ValidateDocument = z.infer<typeof validateDocument>;
