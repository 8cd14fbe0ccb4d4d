import { beginRunInput, createBeginRun } from '../src/reaper/begin-run.ts';
import { stepHandler } from '../src/runtime/step-handler.ts';

/** State `BeginRun`: takes the target's lock and puts the run on record. */
export const handler = stepHandler('BeginRun', beginRunInput, createBeginRun);
