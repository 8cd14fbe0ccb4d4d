import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import { readHttpQuery } from '../queries/read-http-query.ts';
import { createRunQuery } from '../queries/run-query.ts';
import { type HttpAnswer, toHttpAnswer, toHttpError } from '../queries/to-http-answer.ts';
import { type InvocationContext, tenantHandler } from './tenant-handler.ts';
import { tenantRuntime } from './tenant-runtime.ts';

/** The function is deployed, and `slotkeeper.yml` has no `api`. */
class ApiOff extends SlotkeeperError {
  constructor() {
    super('ApiOff', 'Expected api in slotkeeper.yml, but it is off. Deploy the file that this function was made for.');
  }
}

/** Makes the handler behind the HTTP API: the same queries, the tenant by the authorizer, every error as a status. */
export function httpQueryHandler(): (event: unknown, context?: InvocationContext) => Promise<HttpAnswer> {
  const run = tenantHandler({
    name: 'QueryOverHttp',
    read: (event) => {
      const { api } = tenantRuntime();
      if (api === null) {
        throw new ApiOff();
      }
      return readHttpQuery(event, api.authorizer);
    },
    createUseCase: (pools) => {
      const runQuery = createRunQuery(pools);
      return async (input, remainingMs) => toHttpAnswer(await runQuery(input, remainingMs));
    },
    logged: ({ tenantId, kind }, answer) => ({ tenant: tenantId, kind, status: answer?.statusCode }),
  });
  return async (event, context) => await run(event, context).catch(toHttpError);
}
