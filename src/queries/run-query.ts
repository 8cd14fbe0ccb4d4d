import { BadRequest } from '../pool/errors/bad-request.ts';
import type { QueryResult } from '../pool/session-pool.ts';
import type { QueryInput } from './query-input.ts';
import { ResultTooLarge } from './result-too-large.ts';
import type { TenantPools } from './tenant-pools.ts';

/**
 * Largest answer, bytes. Lambda allows 6 MB for a synchronous invocation (Lambda guide, "Lambda quotas"); the rest is
 * for what stands around the rows.
 */
const MAX_ANSWER_BYTES = 5_900_000;

const DEFAULT_TIMEOUT_SECONDS = 60;

/** What is left of an invocation for cancelling a statement, fetching rows and answering. */
const RESERVE_SECONDS = 5;

/** Answers of `run-query`. Values are in the order of the columns; what JSON numbers cannot hold exactly is text. */
export type QueryOutput =
  | ({ readonly status: 'finished' } & Omit<QueryResult, 'reusedSession'> & { readonly reusedSession?: boolean })
  | { readonly status: 'running'; readonly statementId: string; readonly reusedSession?: boolean };

/**
 * Runs a tenant's statement on a shared session, submits it, or fetches rows of an earlier one.
 *
 * The database user follows from the tenant; a caller cannot name one.
 */
export function createRunQuery(
  pools: TenantPools,
): (input: QueryInput, remainingMs: number | null) => Promise<QueryOutput> {
  return async (input, remainingMs) => {
    const { pool, waitSeconds } = pools.poolFor(input.tenantId, input.target);
    switch (input.kind) {
      case 'query': {
        const timeoutMs = timeoutOf(input.timeoutSeconds, waitSeconds, remainingMs);
        return fitting({ status: 'finished', ...(await pool.query({ ...statementOf(input), timeoutMs })) });
      }
      case 'submit': {
        const { timeoutSeconds } = input;
        const timeout = timeoutSeconds === undefined ? {} : { timeoutMs: timeoutSeconds * 1000 };
        const { maxRows: _, ...statement } = statementOf(input);
        return { status: 'running', ...(await pool.submit({ ...statement, ...timeout })) };
      }
      case 'result':
        return fitting(await pool.result(resultRequestOf(input)));
    }
  };
}

/**
 * A statement must have ended, or be cancelled, before Lambda ends this function: afterwards nobody would do it.
 *
 * @throws BadRequest when the caller asks for more time than there is
 */
function timeoutOf(wantedSeconds: number | undefined, waitSeconds: number, remainingMs: number | null): number {
  const wanted = wantedSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  const room = remainingMs === null ? wanted : Math.floor(remainingMs / 1000) - waitSeconds - RESERVE_SECONDS;
  if (room < 1 || (wantedSeconds !== undefined && wantedSeconds > room)) {
    throw new BadRequest(
      `Expected timeoutSeconds to fit into what is left of this invocation (${Math.max(room, 0)} s after ${waitSeconds} s of waiting for a session), got ${wanted}. Ask for less, give wait: false and fetch the rows later, or raise the function's timeout.`,
    );
  }
  return Math.min(wanted, room) * 1000;
}

function statementOf({ tenantId, sql, parameters, maxRows }: Exclude<QueryInput, { kind: 'result' }>) {
  return {
    tenantId,
    sql,
    ...(parameters === undefined ? {} : { parameters }),
    ...(maxRows === undefined ? {} : { maxRows }),
  };
}

function resultRequestOf({ tenantId, statementId, nextToken, maxRows }: Extract<QueryInput, { kind: 'result' }>) {
  return {
    tenantId,
    statementId,
    ...(nextToken === undefined ? {} : { nextToken }),
    ...(maxRows === undefined ? {} : { maxRows }),
  };
}

/** @throws ResultTooLarge when Lambda would not let the answer out */
function fitting(output: QueryOutput): QueryOutput {
  if (output.status === 'finished') {
    const bytes = Buffer.byteLength(JSON.stringify(output));
    if (bytes > MAX_ANSWER_BYTES) {
      throw new ResultTooLarge(output.statementId, output.rows.length, bytes, MAX_ANSWER_BYTES);
    }
  }
  return output;
}
