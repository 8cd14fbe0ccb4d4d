import { readQueryInput } from '../src/queries/query-input.ts';
import { createRunQuery } from '../src/queries/run-query.ts';
import { tenantHandler } from '../src/runtime/tenant-handler.ts';

/** A tenant's query, on a session that the tenant's queries share. */
export const handler = tenantHandler({
  name: 'RunQuery',
  read: readQueryInput,
  createUseCase: createRunQuery,
  logged: ({ tenantId, kind }, output) => ({
    tenant: tenantId,
    kind,
    statementId: output?.statementId,
    reusedSession: output?.reusedSession,
    rows: output?.status === 'finished' ? output.rows.length : undefined,
  }),
});
