import { microsOf } from '../backends/instant.ts';
import type { BackendRecord } from './backend-record.ts';

/** An end by a run that saw it happen. */
export interface VerifiedEnd {
  /** `run:<id>` */
  readonly by: string;
  /** When it was recorded, by Slotkeeper's clock: ISO 8601, UTC. */
  readonly at: string;
  /** Between these two it happened: microseconds since 1970, by the server's clock. */
  readonly from: number;
  readonly to: number;
}

/**
 * When a run ended a backend: after its claim, before the look that showed it gone. The look was stamped by the server,
 * and the time between the two is measured on one clock, so the clocks need not agree.
 *
 * @returns null when it was not ended so, or a later run than the one that claimed it found it gone: nobody knows when
 */
export function verifiedEnd({ state, outcome, events }: BackendRecord): VerifiedEnd | null {
  const end = events.findLast(({ type }) => type === 'terminated');
  const claim = events.findLast(({ type }) => type === 'termination-claimed');
  if (state !== 'terminated' || outcome !== 'gone' || end === undefined || claim?.by !== end.by) {
    return null;
  }
  const { lookedAt } = end.detail;
  // Before looks were kept with the ends, the clocks must be taken to agree.
  const to = microsOf(typeof lookedAt === 'string' ? lookedAt : end.at);
  const planned = claim.detail['lookedAt'];
  // What took from the look to its record would set the claim too early, but never before the look that planned it.
  const from = Math.max(
    to - (microsOf(end.at) - microsOf(claim.at)),
    typeof planned === 'string' ? microsOf(planned) : Number.NEGATIVE_INFINITY,
  );
  return { by: end.by, at: end.at, from, to };
}
