import * as z from 'zod';
import type { NoticeRecord } from '../session-table/notice-record.ts';
import { noticeRefShape, requireNotice } from './publish-notice.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { runRefShape } from './run-ref.ts';
import { saveNoticeRecord } from './save-own.ts';
import { readTaskError, taskErrorShape } from './task-error.ts';

export const recordNoticeFailureInput = z.strictObject({
  run: runRefShape,
  notice: noticeRefShape,
  error: taskErrorShape,
});

/** What became of a notice that was not meant to be sent, by the name of its error. */
const STATE_OF: Readonly<Record<string, NoticeRecord['state']>> = {
  SubscriptionUnconfirmed: 'refused',
  NoticeDeferred: 'deferred',
};

/** Puts on record why a notice was not sent, or its receipt not stored. Its backends are warned anew by the next run. */
export function createRecordNoticeFailure({ table }: ReaperPorts) {
  return async ({ run, notice: ref, error }: z.infer<typeof recordNoticeFailureInput>): Promise<void> => {
    const notice = await requireNotice(table, run, ref.noticeId);
    const { name, message } = readTaskError(error);
    await saveNoticeRecord(table, {
      ...notice,
      state: STATE_OF[name] ?? 'failed',
      error: `${name}: ${message}`.slice(0, 1000),
      version: notice.version + 1,
    });
  };
}
