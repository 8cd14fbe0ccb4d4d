import { httpQueryHandler } from '../src/runtime/http-query-handler.ts';

/** A tenant's query by the HTTP API: the tenant is who the authorizer says. */
export const handler = httpQueryHandler();
