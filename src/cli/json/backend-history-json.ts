import * as z from 'zod';
import { BACKEND_STATES, type BackendRecord } from '../../lifecycle/backend-record.ts';
import { OUTCOMES } from '../../lifecycle/outcome.ts';
import { count, moment, sessionFields } from './session-json.ts';

/** One backend's story. */
export const backendHistoryJson = z.strictObject({
  ...sessionFields,
  state: z.enum(BACKEND_STATES),
  lastActiveAt: moment,
  rule: z.string(),
  owner: z.string().nullable(),
  warnedAt: moment.nullable().meta({ description: 'When its owner was told, in its newest idle spell.' }),
  endsAt: moment.nullable(),
  outcome: z.enum(OUTCOMES).nullable(),
  updatedAt: moment,
  eventsDropped: count.meta({ description: 'How many older events are no longer kept.' }),
  events: z
    .array(
      z.strictObject({
        at: moment,
        type: z.string(),
        by: z.string(),
        detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
      }),
    )
    .meta({ description: 'Oldest first.' }),
});

export type BackendHistoryJson = z.infer<typeof backendHistoryJson>;

export function toBackendHistoryJson(record: BackendRecord): BackendHistoryJson {
  return {
    ...record.identity,
    database: record.database,
    application: record.application,
    clientHost: record.clientHost,
    state: record.state,
    lastActiveAt: record.lastActiveAt,
    rule: record.rule,
    owner: record.owner,
    warnedAt: record.receipt?.at ?? null,
    endsAt: record.endsAt,
    outcome: record.outcome,
    updatedAt: record.updatedAt,
    eventsDropped: record.eventsDropped,
    events: record.events.map(({ at, type, by, detail }) => ({ at, type, by, detail: { ...detail } })),
  };
}
