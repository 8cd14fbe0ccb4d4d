import * as z from 'zod';
import { ENGINES } from '../../config/describe-target.ts';
import { count, counts, moment } from './session-json.ts';

const exitCode = z.literal([0, 1, 10, 20]);

/** How the stack of a stage is; null where there is none. */
export const stackJson = z
  .strictObject({
    name: z.string(),
    status: z.string().meta({ description: "CloudFormation's word, e.g. UPDATE_COMPLETE." }),
    reason: z.string().nullable(),
    changedAt: moment.nullable().meta({ description: 'When it was last deployed.' }),
  })
  .nullable();

/** The newest change of a schedule by hand. */
export const scheduleChangeJson = z.strictObject({
  did: z.enum(['paused', 'resumed']),
  at: moment,
  by: z.string(),
  reason: z.string().nullable(),
});

const schedule = z.strictObject({
  rule: z.string().nullable().meta({ description: 'Null: deployed without a schedule; run by hand.' }),
  state: z.enum(['enabled', 'paused', 'none', 'missing']).meta({
    description: 'none: deployed without a schedule. missing: the stack names a rule that is not there any more.',
  }),
  expression: z.string().nullable(),
  changed: scheduleChangeJson.nullable().meta({
    description:
      'Who paused or resumed it last; null: nobody by this command, or it was switched by other means since.',
  }),
  next: z
    .strictObject({
      at: moment.nullable().meta({ description: 'Null: a rate of which the last start is not known.' }),
      interval: z.number().nullable().meta({ description: 'Seconds from start to start; null: a cron expression.' }),
    })
    .nullable()
    .meta({ description: 'When it starts the next run; null: it does not.' }),
});

const lastRun = z.strictObject({
  runId: z.string(),
  startedAt: moment,
  finishedAt: moment.nullable(),
  dryRun: z.boolean(),
  state: z.enum(['running', 'succeeded', 'failed']),
  exitCode: exitCode.nullable().meta({ description: 'As slotkeeper run --wait ends with; null: it still runs.' }),
  error: z.string().nullable().meta({ description: "The error's name." }),
  messages: count.meta({ description: 'Sent to owners.' }),
  ended: count.meta({ description: 'Sessions that it ended and that were seen to be gone.' }),
});

const subscriptions = z
  .strictObject({ confirmed: count, pending: count })
  .meta({ description: 'pending: whoever was subscribed and has not confirmed it; they get nothing.' });

const targetStatus = z.strictObject({
  target: z.string(),
  engine: z.enum(ENGINES),
  schedule,
  lastRun: lastRun.nullable(),
  slots: z.strictObject({
    limit: count,
    keepFree: count,
    free: count.nullable().meta({ description: 'After the newest run that came to a plan; null: none is on record.' }),
    at: moment.nullable(),
  }),
  lock: z
    .strictObject({ runId: z.string(), expiresAt: moment })
    .nullable()
    .meta({ description: 'The run that is under way; null: none.' }),
  refused: counts.meta({ description: 'Runs of the last day that a safeguard refused, by error.' }),
  failed: counts.meta({ description: 'Runs of the last day that failed, by error.' }),
  thrashing: count.meta({ description: 'Clients whose sessions are not ended now, because they come back at once.' }),
});

/** What `slotkeeper status --json` prints. */
export const statusDocument = z
  .strictObject({
    schema: z.literal('slotkeeper.status/1'),
    stage: z.string(),
    region: z.string().nullable(),
    at: moment,
    stack: stackJson,
    subscriptions: z.strictObject({ owners: subscriptions, operators: subscriptions }),
    targets: z.array(targetStatus),
  })
  .meta({ title: 'slotkeeper status --json' });

export type StatusDocument = z.infer<typeof statusDocument>;
export type TargetStatus = StatusDocument['targets'][number];
