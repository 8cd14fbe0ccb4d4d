import { createReleaseSession, readStatementEvent } from '../src/queries/release-session.ts';
import { tenantHandler } from '../src/runtime/tenant-handler.ts';

/** Rule for ended statements: gives the session of a statement that outlasted its caller back. */
export const handler = tenantHandler({
  name: 'ReleaseSession',
  read: readStatementEvent,
  createUseCase: createReleaseSession,
  logged: ({ detail }, output) => ({ statementId: detail.statementId, outcome: output?.outcome }),
});
