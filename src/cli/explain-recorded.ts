import { isSameBackend } from '../backends/backend-identity.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import { describeVerdict } from '../policy/describe-verdict.ts';
import { explainMember } from '../policy/explain-member.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import { toExplanationJson } from './explain-live.ts';
import type { ExplainedBackend, ExplainedDecision } from './json/explain-document.ts';
import { toRecordJson } from './to-record-json.ts';

const RUN_ACTOR = 'run:';

/**
 * Explains from the session table alone what was decided about a backend: by the stored plan of the run that claimed it
 * for its end, or, of one that was never claimed, of the run that told its owner last.
 *
 * @param alive false: a look shows that it is no longer there; null: nobody looked
 */
export async function explainRecorded(
  table: SessionTable,
  record: BackendRecord,
  alive: false | null,
): Promise<ExplainedBackend> {
  const { database, application, clientHost } = record;
  const { decision, wholeUser } = await readDecision(table, record);
  return {
    ...record.identity,
    wholeUser,
    ...{ database, application, clientHost },
    alive,
    decision,
    record: toRecordJson(record),
    notice: null,
  };
}

/** Null: no plan about it is stored any more. */
async function readDecision(
  table: SessionTable,
  record: BackendRecord,
): Promise<{ decision: ExplainedDecision | null; wholeUser: string | null }> {
  const runId = decidingRun(record);
  const plan = runId === null ? null : await table.readPlan({ target: record.identity.target, runId });
  const member = plan?.members.find(({ identity }) => isSameBackend(identity, record.identity));
  if (plan === null || member === undefined) {
    return { decision: null, wholeUser: null };
  }
  const { action, rule, code, owner, endsAt, activity, lastActiveAt, idleSeconds, reasons } = member;
  const standing = member.standing ?? null;
  const decision = {
    at: plan.takenAt,
    run: runId,
    ...{ action, rule, code, owner, ownerBy: member.ownerBy ?? null, endsAt, activity, lastActiveAt, idleSeconds },
    why: describeVerdict({ action, rule, code, reasons, endsAt, standing, backend: { idleSeconds } }),
    pool: standing?.kind ?? null,
    ...toExplanationJson(explainMember(member, plan)),
  };
  return { decision, wholeUser: member.wholeUser ?? null };
}

function decidingRun({ events }: BackendRecord): string | null {
  const event =
    events.findLast(({ type }) => type === 'termination-claimed') ?? events.findLast(({ type }) => type === 'warned');
  return event?.by.startsWith(RUN_ACTOR) === true ? event.by.slice(RUN_ACTOR.length) : null;
}
