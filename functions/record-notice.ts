import { createRecordNotice, recordNoticeInput } from '../src/reaper/record-notice.ts';
import { stepHandler } from '../src/runtime/step-handler.ts';

/** State `RecordNotice`: stores the receipt on each backend that the owner was told of. */
export const handler = stepHandler('RecordNotice', recordNoticeInput, createRecordNotice);
