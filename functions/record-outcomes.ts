import { createRecordOutcomes, recordOutcomesInput } from '../src/reaper/record-outcomes.ts';
import { stepHandler } from '../src/runtime/step-handler.ts';

/** State `RecordOutcomes`: records what became of each backend that was to be ended. */
export const handler = stepHandler('RecordOutcomes', recordOutcomesInput, createRecordOutcomes);
