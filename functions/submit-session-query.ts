import { createSubmitSessionQuery, submitSessionQueryInput } from '../src/reaper/submit-session-query.ts';
import { stepHandler } from '../src/runtime/step-handler.ts';

/** State `SubmitSessionQuery`: asks the target who holds its slots. */
export const handler = stepHandler('SubmitSessionQuery', submitSessionQueryInput, createSubmitSessionQuery);
