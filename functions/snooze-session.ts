import { snoozeHandler } from '../src/runtime/snooze-handler.ts';

/** Function URL in the owners' notices: asks back whether to keep a session, and keeps it. */
export const handler = snoozeHandler();
