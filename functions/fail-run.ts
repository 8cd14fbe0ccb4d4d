import { createFailRun, failRunInput } from '../src/reaper/fail-run.ts';
import { stepHandler } from '../src/runtime/step-handler.ts';

/** State `FailRun`: finds out why the run failed, records and tells it, and gives the lock back. */
export const handler = stepHandler('FailRun', failRunInput, createFailRun);
