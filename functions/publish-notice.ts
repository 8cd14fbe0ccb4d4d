import { createPublishNotice, publishNoticeInput } from '../src/reaper/publish-notice.ts';
import { noticeLinks } from '../src/runtime/link-runtime.ts';
import { stepHandler } from '../src/runtime/step-handler.ts';

/** State `PublishNotice`: tells one owner about all of his backends. */
export const handler = stepHandler('PublishNotice', publishNoticeInput, (ports) =>
  createPublishNotice(ports, noticeLinks()),
);
