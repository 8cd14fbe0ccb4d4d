import type { z } from 'zod';
import { beginRunInput, createBeginRun } from '../../../src/reaper/begin-run.ts';
import { createFailRun, failRunInput } from '../../../src/reaper/fail-run.ts';
import { createFinishRun, finishRunInput } from '../../../src/reaper/finish-run.ts';
import { createPlanRedshiftActions, planRedshiftActionsInput } from '../../../src/reaper/plan-redshift-actions.ts';
import { createPublishNotice, publishNoticeInput } from '../../../src/reaper/publish-notice.ts';
import type { ReaperPorts } from '../../../src/reaper/reaper-ports.ts';
import { createRecordNotice, recordNoticeInput } from '../../../src/reaper/record-notice.ts';
import { createRecordNoticeFailure, recordNoticeFailureInput } from '../../../src/reaper/record-notice-failure.ts';
import { createRecordOutcomes, recordOutcomesInput } from '../../../src/reaper/record-outcomes.ts';
import { createSubmitOutcomeQuery, submitOutcomeQueryInput } from '../../../src/reaper/submit-outcome-query.ts';
import { createSubmitSessionQuery, submitSessionQueryInput } from '../../../src/reaper/submit-session-query.ts';
import { createSubmitTermination, submitTerminationInput } from '../../../src/reaper/submit-termination.ts';

/** A function of the reaper, as it is deployed: its timeout in seconds, and what it does with a payload. */
export interface ReaperStep {
  readonly timeout: number;
  readonly run: (ports: ReaperPorts, payload: unknown) => Promise<unknown>;
}

function step<Input>(
  timeout: number,
  shape: z.ZodType<Input>,
  create: (ports: ReaperPorts) => (input: Input) => Promise<unknown>,
): ReaperStep {
  return { timeout, run: async (ports, payload) => create(ports)(shape.parse(payload)) };
}

/** By name, with the timeouts of serverless.yml. */
export const REAPER_STEPS: Readonly<Record<string, ReaperStep>> = {
  beginRun: step(60, beginRunInput, createBeginRun),
  submitSessionQuery: step(60, submitSessionQueryInput, createSubmitSessionQuery),
  planActions: step(120, planRedshiftActionsInput, createPlanRedshiftActions),
  publishNotice: step(60, publishNoticeInput, createPublishNotice),
  recordNotice: step(120, recordNoticeInput, createRecordNotice),
  recordNoticeFailure: step(60, recordNoticeFailureInput, createRecordNoticeFailure),
  submitTermination: step(120, submitTerminationInput, createSubmitTermination),
  submitOutcomeQuery: step(60, submitOutcomeQueryInput, createSubmitOutcomeQuery),
  recordOutcomes: step(120, recordOutcomesInput, createRecordOutcomes),
  finishRun: step(120, finishRunInput, createFinishRun),
  failRun: step(120, failRunInput, createFailRun),
};
