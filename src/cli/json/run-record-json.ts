import * as z from 'zod';
import type { RunRecord } from '../../session-table/run-record.ts';
import { count, counts, moment } from './session-json.ts';

/** What the session table knows of one run. */
export const runRecordJson = z.strictObject({
  target: z.string(),
  runId: z.string(),
  execution: z.string().meta({ description: 'ARN of the execution.' }),
  dryRun: z.boolean(),
  apply: z
    .strictObject({ hash: z.string(), runId: z.string() })
    .nullable()
    .meta({ description: 'The approved plan on which it acted, and the dry run that made it; null: its own plan.' }),
  state: z.enum(['running', 'succeeded', 'failed']),
  startedAt: moment,
  finishedAt: moment.nullable(),
  planHash: z.string().nullable(),
  counts: z
    .strictObject({ backends: count, keep: count, warn: count, terminate: count, recovered: count })
    .nullable()
    .meta({ description: 'backends = keep + warn + terminate; null: it failed before there was a plan.' }),
  seen: z.strictObject({ backends: count, clockDifferenceSeconds: z.number() }).nullable().meta({
    description:
      "What it saw, believed or not; null: it did not come to look. clockDifferenceSeconds: by how much Slotkeeper's clock was ahead of the server's, the time from the look to its reading included.",
  }),
  clientsHeld: count.nullable().meta({
    description:
      'Clients whose sessions were not to be ended, because they come back at once; null: it came to no plan, or did not look.',
  }),
  kept: counts.meta({ description: 'Why backends were kept, by code; adds up to counts.keep.' }),
  notices: z.strictObject({
    sent: count,
    failed: count,
    refused: count.meta({ description: 'No confirmed subscription takes messages for their owners.' }),
    deferred: count.meta({ description: 'Past notices.rate; the next run tries again.' }),
  }),
  unreachable: z
    .strictObject({ owners: z.array(z.string()), operatorsTold: z.boolean() })
    .nullable()
    .meta({ description: 'Owners whom nobody reaches; null: none.' }),
  outcomes: z.strictObject({
    gone: count,
    'already-gone': count,
    'busy-again': count,
    denied: count,
    'still-there': count,
  }),
  unclaimed: counts.meta({ description: 'Planned terminations that were not claimed when it came to it, by reason.' }),
  eventsFailed: count,
  error: z.strictObject({ name: z.string(), message: z.string() }).nullable(),
});

export type RunRecordJson = z.infer<typeof runRecordJson>;

/** Names every member, so that what the table adds for itself never reaches the document. */
export function toRunRecordJson(run: RunRecord): RunRecordJson {
  return {
    target: run.target,
    runId: run.runId,
    execution: run.execution,
    dryRun: run.dryRun,
    apply: run.apply ?? null,
    state: run.state,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    planHash: run.planHash,
    counts: run.counts,
    seen: run.seen ?? null,
    clientsHeld: run.clientsHeld ?? null,
    kept: run.kept,
    notices: {
      sent: run.notices.sent,
      failed: run.notices.failed,
      refused: run.notices.refused ?? 0,
      deferred: run.notices.deferred ?? 0,
    },
    unreachable: run.unreachable === undefined ? null : { ...run.unreachable, owners: [...run.unreachable.owners] },
    outcomes: run.outcomes,
    unclaimed: run.unclaimed,
    eventsFailed: run.eventsFailed,
    error: run.error,
  };
}
