import { createSubmitTermination, submitTerminationInput } from '../src/reaper/submit-termination.ts';
import { stepHandler } from '../src/runtime/step-handler.ts';

/** State `SubmitTermination`: claims the victims, then submits the guarded statement that ends them. */
export const handler = stepHandler('SubmitTermination', submitTerminationInput, createSubmitTermination);
