import { beginRunInput, createBeginRun } from '../reaper/begin-run.ts';
import { createEndPostgresSessions, endPostgresSessionsInput } from '../reaper/end-postgres-sessions.ts';
import { createFailRun, failRunInput } from '../reaper/fail-run.ts';
import { createFinishRun, finishRunInput } from '../reaper/finish-run.ts';
import { createPlanPostgresActions, planPostgresActionsInput } from '../reaper/plan-postgres-actions.ts';
import type { PostgresReaperPorts } from '../reaper/postgres-reaper-ports.ts';
import { createPublishNotice, publishNoticeInput } from '../reaper/publish-notice.ts';
import { createRecordNotice, recordNoticeInput } from '../reaper/record-notice.ts';
import { createRecordNoticeFailure, recordNoticeFailureInput } from '../reaper/record-notice-failure.ts';
import { createRecordPostgresOutcomes, recordPostgresOutcomesInput } from '../reaper/record-postgres-outcomes.ts';
import { type Step, stepOf } from './in-process-steps.ts';

/** File of the state machine that a laptop runs, without `.asl.json`. */
export const REAP_POSTGRES = 'reap-postgres-sessions';

/** Its steps, by key of `serverless.yml`: those that the files in `functions/` make Lambda functions of. */
export const POSTGRES_STEPS: Readonly<Record<string, Step<PostgresReaperPorts>>> = {
  beginRun: stepOf(beginRunInput, createBeginRun),
  planPostgresActions: stepOf(planPostgresActionsInput, createPlanPostgresActions),
  publishNotice: stepOf(publishNoticeInput, createPublishNotice),
  recordNotice: stepOf(recordNoticeInput, createRecordNotice),
  recordNoticeFailure: stepOf(recordNoticeFailureInput, createRecordNoticeFailure),
  endPostgresSessions: stepOf(endPostgresSessionsInput, createEndPostgresSessions),
  recordPostgresOutcomes: stepOf(recordPostgresOutcomesInput, createRecordPostgresOutcomes),
  finishRun: stepOf(finishRunInput, createFinishRun),
  failRun: stepOf(failRunInput, createFailRun),
};
