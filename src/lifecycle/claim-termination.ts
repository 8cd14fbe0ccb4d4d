import { appendEvent } from './append-event.ts';
import type { BackendRecord } from './backend-record.ts';
import { type ClaimTerms, claimRefusal } from './claim-refusal.ts';
import { describeState } from './describe-state.ts';
import { IllegalTransition } from './illegal-transition.ts';
import { describedBy, newRecord } from './new-record.ts';

/**
 * A run declares that it will end this backend, before it does: a crash after this leaves a trace, and nobody else
 * ends it meanwhile. A claim of an earlier run is taken over; only the holder of the target's lock may call this.
 *
 * @throws IllegalTransition when {@link claimRefusal} names a reason against it
 */
export function claimTermination(
  record: BackendRecord | null,
  terms: ClaimTerms & { runId: string; by: string },
): BackendRecord {
  const refusal = claimRefusal(record, terms);
  if (refusal !== null) {
    throw new IllegalTransition('claim for its end', `${describeState(record)}: ${refusal}`, 'due');
  }
  const { member, grace, lookedAt, at, by, runId } = terms;
  return appendEvent(
    record ?? newRecord(member),
    {
      at,
      type: 'termination-claimed',
      by,
      detail: {
        rule: member.rule,
        idleSeconds: member.idleSeconds,
        graceSeconds: grace,
        warnedAt: record?.receipt?.at ?? null,
        ...(lookedAt === undefined ? {} : { lookedAt }),
      },
    },
    { ...describedBy(member), claim: { runId, at }, outcome: null },
  );
}
