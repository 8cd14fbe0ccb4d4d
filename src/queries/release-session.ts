import * as z from 'zod';
import { safeParse } from '../errors/safe-parse.ts';
import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import type { ReleaseOutcome } from '../pool/session-pool.ts';
import { parseStatementName } from '../pool/statement-name.ts';
import type { TenantPools } from './tenant-pools.ts';

/**
 * An event of EventBridge about the end of a Data API statement (Redshift management guide, "Monitoring events for the
 * Amazon Redshift Data API in Amazon EventBridge"), as far as it is read here, e.g.
 *
 * ```json
 * { "source": "aws.redshift-data", "detail-type": "Redshift Data Statement Status Change", "time": "2026-11-20T12:00:00Z",
 *   "detail": { "statementId": "…", "statementName": "slotkeeper/v1/…", "state": "FINISHED" } }
 * ```
 */
const eventShape = z.object({
  source: z.literal('aws.redshift-data'),
  'detail-type': z.literal('Redshift Data Statement Status Change'),
  time: z.string(),
  detail: z.object({
    statementId: z.string().min(1),
    statementName: z.string().default(''),
    state: z.string(),
  }),
});

const ENDS = ['FINISHED', 'FAILED', 'ABORTED'] as const;

/** What was handed over is no event about a statement's end. */
export class InvalidStatementEvent extends SlotkeeperError {
  constructor(error: z.ZodError) {
    const members = error.issues.map((issue) => issue.path.map(String).join('.') || 'the event');
    super(
      'InvalidStatementEvent',
      `Expected a "Redshift Data Statement Status Change" event of aws.redshift-data, but ${members.join(', ')} is not as such an event has it. Invoke this function by its EventBridge rule only.`,
      { cause: error },
    );
  }
}

/** An event, read. */
export type StatementEvent = Pick<z.infer<typeof eventShape>, 'time' | 'detail'>;

/** @throws InvalidStatementEvent */
export function readStatementEvent(payload: unknown): StatementEvent {
  const parsed = safeParse(eventShape, payload);
  if (!parsed.success) {
    throw new InvalidStatementEvent(parsed.error);
  }
  return parsed.data;
}

export interface ReleaseReport {
  readonly statementId: string;
  /** `ignored`: no end of a statement, or of one that no pool of these functions submitted. */
  readonly outcome: ReleaseOutcome | 'ignored';
}

/**
 * Gives the lease of an ended statement back. Events come at least once and in any order, and those of other statements
 * of the account come too: whatever is not the pool's, or is settled, changes nothing.
 */
export function createReleaseSession(pools: TenantPools): (event: StatementEvent) => Promise<ReleaseReport> {
  return async ({ detail, time: at }) => {
    const { statementId, statementName } = detail;
    const state = ENDS.find((end) => end === detail.state);
    // The name only says which pool to ask; the pool believes nothing on its account.
    const origin = parseStatementName(statementName);
    const pool = origin === null ? null : pools.poolOf(origin.target, origin.tenant);
    return {
      statementId,
      outcome:
        state === undefined || pool === null
          ? 'ignored'
          : await pool.releaseByStatement({ statementId, statementName, state, at }),
    };
  };
}
