import * as z from 'zod';
import { type ClientRecord, isHeld } from '../../lifecycle/client-record.ts';
import { adviseOnThrash } from '../../notices/compose-thrash.ts';
import { count, moment } from './session-json.ts';

/** A client that was back at once whenever its sessions were ended. */
export const thrashingJson = z.strictObject({
  id: z.string().meta({ description: 'What --release takes.' }),
  user: z.string(),
  application: z.string(),
  host: z.string(),
  held: z.boolean().meta({ description: 'Whether none of its sessions is ended now.' }),
  reconnects: count.meta({ description: 'Ends after which it was back, when the hold began.' }),
  limit: count.meta({ description: 'thrash.reconnects, then.' }),
  since: moment,
  until: moment,
  run: z.string().meta({ description: 'The run that found it.' }),
  toldAt: moment.nullable().meta({ description: 'When the operators were told; null: not yet.' }),
  released: z
    .strictObject({ at: moment, by: z.string() })
    .nullable()
    .meta({ description: 'Who let its sessions be ended again before `until`.' }),
  client: z.string().nullable().meta({ description: 'What its program probably is; null: not known.' }),
  advice: z.array(
    z.strictObject({ at: z.enum(['client', 'server']), setting: z.string(), why: z.string(), source: z.string() }),
  ),
});

export type ThrashingJson = z.infer<typeof thrashingJson>;

export function toThrashingJson(record: ClientRecord, now: Date): ThrashingJson {
  const { id, user, application, clientHost, reconnects, limit, since, until, runId, told, released } = record;
  const { client, advice } = adviseOnThrash(record);
  return {
    ...{ id, user, application, host: clientHost },
    held: isHeld(record, now),
    ...{ reconnects, limit, since, until },
    run: runId,
    toldAt: told?.at ?? null,
    released,
    client,
    advice: [...advice],
  };
}
