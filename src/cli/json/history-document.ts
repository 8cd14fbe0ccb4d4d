import * as z from 'zod';
import { NOTICE_STATES } from '../../session-table/notice-record.ts';
import { backendHistoryJson } from './backend-history-json.ts';
import { ledgerJson } from './ledger-json.ts';
import { memberJson } from './member-json.ts';
import { runRecordJson } from './run-record-json.ts';
import { count, moment } from './session-json.ts';

const base = { schema: z.literal('slotkeeper.history/1'), stage: z.string(), target: z.string() };

/** What `slotkeeper history [pid|run] --json` prints; `kind` says which of the four. */
export const historyDocument = z
  .discriminatedUnion('kind', [
    z.strictObject({
      ...base,
      kind: z.literal('runs'),
      runs: z.array(runRecordJson).meta({ description: 'Newest first.' }),
    }),
    z.strictObject({
      ...base,
      kind: z.literal('run'),
      run: runRecordJson,
      notices: z.array(
        z.strictObject({
          noticeId: z.string(),
          owner: z.string(),
          state: z.enum(NOTICE_STATES),
          messageId: z.string().nullable(),
          at: moment.nullable(),
          confirmed: count
            .nullable()
            .meta({ description: 'How many confirmed subscriptions took it; null: not sent, or nobody looked.' }),
          takenOverFrom: z.string().nullable().meta({
            description: 'The run that had told the very same; null: it was sent by this run, or not at all.',
          }),
          error: z.string().nullable(),
        }),
      ),
      members: z.array(memberJson),
    }),
    z.strictObject({
      ...base,
      kind: z.literal('backend'),
      pid: count,
      backends: z.array(backendHistoryJson).meta({ description: 'Oldest start first: a pid is reused.' }),
    }),
    z.strictObject({
      ...base,
      kind: z.literal('summary'),
      ledger: ledgerJson,
      truncated: z
        .boolean()
        .meta({ description: 'More backends are on record than are read; those that began last are.' }),
    }),
  ])
  .meta({ title: 'slotkeeper history --json' });

export type HistoryDocument = z.infer<typeof historyDocument>;
