import * as z from 'zod';
import { backendHistoryJson } from './backend-history-json.ts';
import { memberJson } from './member-json.ts';
import { runRecordJson } from './run-record-json.ts';
import { count, moment } from './session-json.ts';

const base = { schema: z.literal('slotkeeper.history/1'), stage: z.string(), target: z.string() };

/** What `slotkeeper history [pid|run] --json` prints; `kind` says which of the three. */
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
          state: z.enum(['planned', 'sent', 'failed']),
          messageId: z.string().nullable(),
          at: moment.nullable(),
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
  ])
  .meta({ title: 'slotkeeper history --json' });

export type HistoryDocument = z.infer<typeof historyDocument>;
