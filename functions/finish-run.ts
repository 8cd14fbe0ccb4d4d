import { createFinishRun, finishRunInput } from '../src/reaper/finish-run.ts';
import { stepHandler } from '../src/runtime/step-handler.ts';

/** State `FinishRun`: records and tells what the run did, and gives the lock back. */
export const handler = stepHandler('FinishRun', finishRunInput, createFinishRun);
