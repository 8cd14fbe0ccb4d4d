import type { DataApiCaller } from '../data-api.ts';
import type { DataApiContext } from '../data-api-context.ts';
import { resourceNotFound, validationError } from '../data-api-error.ts';
import { readPageToken, writePageToken } from '../page-token.ts';
import { refuseTwoTargets } from '../refuse-two-targets.ts';
import type { RequestOf } from '../request-schemas.ts';
import { isAtPlace } from '../resolve-target.ts';
import type { Session } from '../session.ts';
import { SESSION_LIFETIME_MS } from '../session-keeper.ts';

/** Rows of a page where MaxResults is absent or 0: a guess. */
const DEFAULT_MAX_RESULTS = 100;

/**
 * ListSessions: the caller's sessions of the last 24 h, newest first (mgmt/data-api-calling-cli-list-sessions). Without a
 * status those that are AVAILABLE or BUSY; by id in any status. RoleLevel makes no difference here, as in ListStatements.
 *
 * @throws {DataApiError} ResourceNotFoundException for an id that never was (awslabs/mcp#4587) or is older than 24 h
 */
export function listSessions(
  request: RequestOf<'ListSessions'>,
  caller: DataApiCaller,
  context: DataApiContext,
): Record<string, unknown> {
  const { SessionId } = request;
  if (SessionId === undefined) return listMatching(request, caller, context);
  const others = (['Status', 'ClusterIdentifier', 'WorkgroupName', 'Database'] as const).filter(
    (name) => request[name] !== undefined,
  );
  if (others.length > 0) {
    throw validationError(`SessionId cannot be specified together with ${others.join(', ')}.`);
  }
  const session = context.sessions.find(SessionId, caller.accessKeyId);
  if (session === undefined || !isRecent(session, context)) {
    throw resourceNotFound('Session does not exist.', SessionId);
  }
  return { Sessions: [describe(session)] };
}

function listMatching(
  request: RequestOf<'ListSessions'>,
  caller: DataApiCaller,
  context: DataApiContext,
): Record<string, unknown> {
  refuseTwoTargets(request);
  const { ClusterIdentifier, Database, MaxResults, NextToken, Status, WorkgroupName } = request;
  const scope = JSON.stringify([Status, ClusterIdentifier, Database, WorkgroupName]);
  const before = NextToken === undefined ? Number.POSITIVE_INFINITY : readPageToken(NextToken, scope);
  const matching = context.sessions
    .all()
    .filter(
      (session) =>
        session.sequence < before &&
        session.request.owner === caller.accessKeyId &&
        isRecent(session, context) &&
        (Status === undefined ? session.status !== 'CLOSED' : session.status === Status) &&
        isAtPlace(session.request.target, request, context.known.workgroup) &&
        (Database === undefined || session.request.target.database === Database),
    )
    .reverse();
  const shown = matching.slice(0, MaxResults || DEFAULT_MAX_RESULTS);
  const last = shown.at(-1);
  return {
    Sessions: shown.map(describe),
    ...(last === undefined || shown.length === matching.length
      ? {}
      : { NextToken: writePageToken(scope, last.sequence) }),
  };
}

function isRecent({ request }: Session, { clock }: DataApiContext): boolean {
  return clock.now().getTime() < request.createdAt.getTime() + SESSION_LIFETIME_MS;
}

function describe(session: Session): Record<string, unknown> {
  const { request, currentStatementId } = session;
  return {
    SessionId: session.id,
    Status: session.status,
    CreatedAt: request.createdAt,
    UpdatedAt: session.updatedAt,
    Database: request.target.database,
    ...(request.target.dbUser === undefined ? {} : { DbUser: request.target.dbUser }),
    ...request.target.place,
    SessionAliveSeconds: session.aliveSeconds,
    SessionTtl: session.closesAt,
    ...(currentStatementId === undefined ? {} : { CurrentStatementId: currentStatementId }),
  };
}
