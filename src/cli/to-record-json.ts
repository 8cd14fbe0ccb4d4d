import type { BackendRecord } from '../lifecycle/backend-record.ts';
import type { ExplainedBackend } from './json/explain-document.ts';

/** What the session table knows of a backend, as `explain` shows it. */
export function toRecordJson({
  state,
  outcome,
  endsAt,
  receipt,
  snooze,
  updatedAt,
}: BackendRecord): NonNullable<ExplainedBackend['record']> {
  return {
    state,
    outcome,
    endsAt,
    receipt:
      receipt === null
        ? null
        : {
            at: receipt.at,
            owner: receipt.owner,
            channel: receipt.channel,
            messageId: receipt.messageId,
            run: receipt.runId,
          },
    snooze:
      snooze === undefined
        ? null
        : { by: snooze.by, at: snooze.at, until: snooze.until, takenBackBy: snooze.endedBy ?? null },
    updatedAt,
  };
}
