import * as z from 'zod';
import { count, moment } from './session-json.ts';

const share = z.number().min(0).max(1).nullable();

/** The lives of the backends on record over a period. */
export const ledgerJson = z.strictObject({
  since: moment,
  until: moment,
  backends: count.meta({ description: 'On record, and something happened to them in the period.' }),
  warnings: z
    .strictObject({
      spells: count,
      recovered: count.meta({ description: 'Used again before the end.' }),
      left: count.meta({ description: 'Closed by somebody else before the end.' }),
      ended: count,
      failed: count.meta({ description: 'The end did not take: denied, or still there.' }),
      snoozed: count,
      waiting: count,
    })
    .meta({ description: 'Idle spells of which an owner was told, by what became of them; they add up to spells.' }),
  snoozes: count,
  outcomes: z
    .strictObject({ gone: count, 'already-gone': count, 'busy-again': count, denied: count, 'still-there': count })
    .meta({ description: 'What looks showed of claimed ends. gone = announced + unannounced.' }),
  announced: count,
  unannounced: count.meta({ description: 'Ends by rules with notice: none.' }),
  reconnected: count.meta({ description: 'Ends after which the client was back within thrash.within.' }),
  warningsWorked: share.meta({
    description: '(recovered + left) / (recovered + left + ended + failed); null: no warning is settled.',
  }),
  falseKills: share.meta({ description: 'reconnected / outcomes.gone; null: nobody was ended.' }),
  freedSeconds: count.meta({
    description: 'Slots × seconds from each end to the end of the period; none where the client was back. At most.',
  }),
});

export type LedgerJson = z.infer<typeof ledgerJson>;
