import { openBackend } from '../backend.ts';
import type { DataApiCaller } from '../data-api.ts';
import type { DataApiContext } from '../data-api-context.ts';
import { DataApiError, validationError } from '../data-api-error.ts';
import { connectionErrorText, databaseErrorText } from '../database-error-text.ts';
import { readPageToken, writePageToken } from '../page-token.ts';
import type { TextRow } from '../query-outcome.ts';
import { resolveTarget, type Target, type TargetMembers } from '../resolve-target.ts';

/** Milliseconds of the cloud's clock after which a catalog query is given up: a guess. */
const TIMEOUT_MS = 60_000;

/** The members that the four catalog operations share. */
export interface CatalogRequest extends TargetMembers {
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
}

/** A page of catalog rows. */
export interface CatalogPage {
  readonly rows: readonly TextRow[];
  readonly nextToken: { readonly NextToken?: string };
}

/**
 * Runs a query of our own on a backend of its own and cuts the page out that the request asks for.
 *
 * @param query PostgreSQL's SQL with `$n` and its values; its order must be fixed, for the sake of paging
 * @throws {DataApiError} DatabaseConnectionException, QueryTimeoutException, ValidationException
 */
export async function catalogQuery(
  request: CatalogRequest,
  query: { readonly text: string; readonly values: readonly string[] },
  caller: DataApiCaller,
  context: DataApiContext,
): Promise<CatalogPage> {
  const target = resolveTarget(request, caller, context.known);
  const scope = JSON.stringify([query.text, query.values, target.user, target.database, target.place]);
  const offset = request.NextToken === undefined ? 0 : readPageToken(request.NextToken, scope);
  const rows = await allRows(query, target, context);
  // The model's most is 1,000; without MaxResults a page is as long (guess).
  const end = offset + (request.MaxResults || 1000);
  const nextToken = end < rows.length ? { NextToken: writePageToken(scope, end) } : {};
  return { rows: rows.slice(offset, end), nextToken };
}

async function allRows(
  query: { readonly text: string; readonly values: readonly string[] },
  target: Target,
  { alarms, quotas, redshift, clock }: DataApiContext,
): Promise<readonly TextRow[]> {
  const backend = await openBackend(redshift, target).catch((error: unknown) => {
    throw new DataApiError('DatabaseConnectionException', connectionErrorText(error), { status: 500, cause: error });
  });
  let timedOut = false;
  const takeBackAlarm = alarms.at(clock.now().getTime() + TIMEOUT_MS, async () => {
    timedOut = true;
    await backend.cancel();
  });
  try {
    return (await backend.run(query.text, query.values, quotas)).rows;
  } catch (error) {
    if (timedOut) {
      throw new DataApiError('QueryTimeoutException', 'The Amazon Redshift Data API operation timed out.', {
        cause: error,
      });
    }
    throw validationError(databaseErrorText(error));
  } finally {
    takeBackAlarm();
    await backend.close();
  }
}
