import { createSubmitOutcomeQuery, submitOutcomeQueryInput } from '../src/reaper/submit-outcome-query.ts';
import { stepHandler } from '../src/runtime/step-handler.ts';

/** State `SubmitOutcomeQuery`: asks the target again who holds its slots. */
export const handler = stepHandler('SubmitOutcomeQuery', submitOutcomeQueryInput, createSubmitOutcomeQuery);
