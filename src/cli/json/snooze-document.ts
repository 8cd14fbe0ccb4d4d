import * as z from 'zod';
import { BACKEND_STATES, type BackendRecord } from '../../lifecycle/backend-record.ts';
import { isSnoozedAt } from '../../lifecycle/end-snooze.ts';
import { snoozeOf } from '../../lifecycle/snooze.ts';
import { count, moment, sessionFields } from './session-json.ts';

const session = z.strictObject({
  ...sessionFields,
  state: z.enum(BACKEND_STATES),
  owner: z.string().nullable(),
  lastActiveAt: moment,
  snoozed: z.boolean().meta({ description: 'Whether it is kept at `at`.' }),
  by: z.string().nullable().meta({ description: 'Who snoozed it last: cli:<user>, link:<owner> or sql:<user>.' }),
  since: moment.nullable().meta({ description: 'When that was asked for.' }),
  endsAt: moment.nullable().meta({ description: 'Until when it is kept; null: its rule never ends it.' }),
});

/** What `slotkeeper snooze --json` prints. */
export const snoozeDocument = z
  .strictObject({
    schema: z.literal('slotkeeper.snooze/1'),
    stage: z.string(),
    target: z.string(),
    at: moment,
    did: z
      .enum(['snoozed', 'kept-anyway', 'ended', 'listed'])
      .meta({ description: 'kept-anyway: it would not have been kept any longer, so nothing was changed or counted.' }),
    left: count
      .nullable()
      .meta({ description: 'Snoozes that its owner has left today (UTC); null: nobody asked for one.' }),
    sessions: z.array(session).meta({ description: 'The session that was meant; of a list all that are snoozed.' }),
  })
  .meta({ title: 'slotkeeper snooze --json' });

export type SnoozeDocument = z.infer<typeof snoozeDocument>;

export function toSnoozedJson(record: BackendRecord, at: string): SnoozeDocument['sessions'][number] {
  const { identity, database, application, clientHost, state, owner, lastActiveAt, endsAt } = record;
  const snooze = snoozeOf(record, lastActiveAt);
  return {
    ...identity,
    ...{ database, application, clientHost, state, owner, lastActiveAt },
    snoozed: isSnoozedAt(record, at),
    by: snooze?.by ?? null,
    since: snooze?.at ?? null,
    endsAt,
  };
}
