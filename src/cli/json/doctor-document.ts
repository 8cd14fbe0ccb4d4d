import * as z from 'zod';
import { count } from './session-json.ts';

/** What `slotkeeper doctor --json` prints. */
export const doctorDocument = z
  .strictObject({
    schema: z.literal('slotkeeper.doctor/1'),
    stage: z.string().nullable().meta({ description: 'null: no deployment was looked at.' }),
    exitCode: z.literal([0, 1, 10]),
    counts: z
      .strictObject({ ok: count, warning: count, problem: count, 'cannot-tell': count })
      .meta({ description: 'They add up to all checks.' }),
    checks: z
      .array(
        z.strictObject({
          target: z.string().nullable().meta({ description: 'null: what all targets share.' }),
          server: z.string().nullable().meta({ description: 'Which server the target is, in words.' }),
          name: z.string().meta({ description: 'One word, e.g. owners-subscribed.' }),
          question: z.string(),
          verdict: z
            .enum(['ok', 'warning', 'problem', 'cannot-tell'])
            .meta({ description: 'cannot-tell: it was not seen, so it is neither well nor wrong.' }),
          found: z.string(),
          expected: z.string(),
          mend: z
            .array(z.strictObject({ kind: z.enum(['sql', 'cli', 'yaml']), line: z.string() }))
            .meta({ description: 'Lines to copy, in the order in which to try them.' }),
          source: z.string().meta({ description: 'What the judgement rests on.' }),
        }),
      )
      .meta({ description: 'In the order of the output.' }),
  })
  .meta({ title: 'slotkeeper doctor --json' });

export type DoctorDocument = z.infer<typeof doctorDocument>;
