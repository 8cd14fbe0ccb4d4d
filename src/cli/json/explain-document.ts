import * as z from 'zod';
import { BACKEND_STATES } from '../../lifecycle/backend-record.ts';
import { OUTCOMES } from '../../lifecycle/outcome.ts';
import { NOTICE_STATES } from '../../session-table/notice-record.ts';
import {
  activityFields,
  count,
  moment,
  ownerByField,
  poolField,
  sessionFields,
  wholeUserField,
} from './session-json.ts';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const clauses = z.array(z.strictObject({ clause: z.string(), measured: scalar, limit: scalar, held: z.boolean() }));

const ruleTrial = z.strictObject({
  rule: z.string(),
  matched: z.boolean(),
  clauses: clauses.meta({ description: "Each member of the rule's match; empty: it matches everything." }),
  keep: z.boolean(),
  warnAfter: count.nullable().meta({ description: 'Seconds; null: never.' }),
  terminateAfter: count.nullable().meta({ description: 'Seconds; null: only warned.' }),
  grace: count.meta({ description: 'Seconds.' }),
  notice: z.enum(['owner', 'none']),
});

/** A decision about a backend, and the way to it. */
const decision = z.strictObject({
  at: moment.meta({ description: "The server's clock at the look that was decided on." }),
  run: z.string().nullable().meta({ description: 'The run whose stored plan it is; null: what a run would do now.' }),
  action: z.enum(['keep', 'warn', 'terminate']),
  rule: z.string().nullable(),
  code: z.string(),
  why: z.string(),
  owner: z.string().nullable(),
  ownerBy: ownerByField,
  endsAt: moment.nullable().meta({ description: 'When it may be ended at the earliest; null: never by this rule.' }),
  ...activityFields,
  pool: poolField(['leased', 'unclear', 'idle', 'draining', 'orphan']),
  protections: clauses.meta({
    description: 'Up to the first that does not hold; not stored with a plan, whose members passed all of them.',
  }),
  rules: z.array(ruleTrial).meta({ description: 'In order, up to the first that matches.' }),
  untried: count.meta({ description: 'How many rules were not tried, because something before them had decided.' }),
  reasons: clauses.meta({ description: 'The clauses that decided.' }),
  caps: clauses.meta({ description: 'Whether a run may act on the plan that this is part of.' }),
});

/** What `slotkeeper explain <pid> --json` prints. */
export const explainDocument = z
  .strictObject({
    schema: z.literal('slotkeeper.explain/1'),
    stage: z.string(),
    target: z.string(),
    pid: count,
    backends: z
      .array(
        z.strictObject({
          ...sessionFields,
          wholeUser: wholeUserField,
          alive: z.boolean().nullable().meta({ description: 'null: with --recorded nobody looks.' }),
          decision: decision
            .nullable()
            .meta({ description: 'null: the plan that decided is no longer stored (runs.retention).' }),
          record: z
            .strictObject({
              state: z.enum(BACKEND_STATES),
              outcome: z.enum(OUTCOMES).nullable(),
              endsAt: moment.nullable(),
              receipt: z
                .strictObject({
                  at: moment,
                  owner: z.string(),
                  channel: z.string(),
                  messageId: z.string(),
                  run: z.string(),
                })
                .nullable()
                .meta({ description: 'The proof that its owner was told, in its newest idle spell.' }),
              snooze: z
                .strictObject({ by: z.string(), at: moment, until: moment, takenBackBy: z.string().nullable() })
                .nullable()
                .meta({
                  description:
                    'Who snoozed it last, when, and until when; perhaps over, and perhaps taken back by somebody.',
                }),
              updatedAt: moment,
            })
            .nullable()
            .meta({ description: 'What the session table knows; null: nothing, nobody was told of it.' }),
          notice: z
            .strictObject({ run: z.string(), state: z.enum(NOTICE_STATES), error: z.string().nullable() })
            .nullable()
            .meta({
              description:
                'What became of the notice of the newest real run to its owner, if it is to be warned; null: there was none.',
            }),
        }),
      )
      .meta({ description: 'The one that lives first, then those that had the pid, newest start first.' }),
  })
  .meta({ title: 'slotkeeper explain --json' });

export type ExplainDocument = z.infer<typeof explainDocument>;
export type ExplainedBackend = ExplainDocument['backends'][number];
export type ExplainedDecision = NonNullable<ExplainedBackend['decision']>;
