import * as z from 'zod';
import { count, moment } from './session-json.ts';

const deed = z.strictObject({
  at: moment,
  action: z.enum(['warn', 'terminate']),
  rule: z.string(),
  owner: z.string().nullable(),
});

/** What `slotkeeper replay --json` prints. Where there is a member per policy, they are in the order of the command line. */
export const replayDocument = z
  .strictObject({
    schema: z.literal('slotkeeper.replay/1'),
    exitCode: z.literal([0, 10]),
    differs: z
      .boolean()
      .meta({ description: 'Two policies: they do not do the same. One: not every plan is the recorded one.' }),
    target: z.string(),
    from: moment,
    to: moment,
    policies: z.array(
      z.strictObject({
        file: z.string(),
        policyHash: z.string(),
        warnings: count,
        terminations: count,
        usedAfterEnd: count.meta({ description: 'Backends it would have ended that were used afterwards.' }),
        refused: count.meta({ description: 'Plans that the caps would have refused; nothing of them is counted.' }),
        asRecorded: count.meta({ description: 'Plans that are the recorded ones.' }),
      }),
    ),
    difference: z
      .strictObject({
        warnings: z.int(),
        terminations: z.int(),
        usedAfterEnd: z.int(),
        refused: z.int(),
        backends: count,
      })
      .nullable()
      .meta({ description: 'The second less the first; backends: how many do not fare the same. null: one policy.' }),
    snapshots: z.array(
      z.strictObject({
        file: z.string(),
        at: moment,
        plans: z.array(
          z.strictObject({
            planHash: z.string(),
            warn: count,
            terminate: count,
            refused: z.string().nullable(),
            asRecorded: z.boolean().nullable().meta({ description: 'null: the recorded plan is not known.' }),
          }),
        ),
      }),
    ),
    backends: z
      .array(
        z.strictObject({
          target: z.string(),
          pid: count,
          startedAt: moment,
          user: z.string(),
          application: z.string(),
          same: z.boolean(),
          fates: z.array(z.strictObject({ deeds: z.array(deed), usedAfterEnd: z.boolean() })),
        }),
      )
      .meta({ description: 'Backends to which a policy would have done something.' }),
  })
  .meta({ title: 'slotkeeper replay --json' });

export type ReplayDocument = z.infer<typeof replayDocument>;
