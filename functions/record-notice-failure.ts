import { createRecordNoticeFailure, recordNoticeFailureInput } from '../src/reaper/record-notice-failure.ts';
import { stepHandler } from '../src/runtime/step-handler.ts';

/** State `RecordNoticeFailure`: records why an owner could not be told. */
export const handler = stepHandler('RecordNoticeFailure', recordNoticeFailureInput, createRecordNoticeFailure);
