/** What an error of the Data API means for the one who asked. */
export type DataApiErrorKind =
  | 'session-unavailable'
  | 'statement-unknown'
  | 'no-result'
  | 'already-ended'
  | 'too-many-waiters'
  | 'other';

/**
 * Tells the Data API's errors apart. It has no names of its own for these, so the texts decide; the HTTP status says
 * nothing (ResourceNotFoundException comes as 400 from the service, as 404 in its model).
 *
 * Texts: "Session is not available" for a busy or closed session and "Session with Id: … is invalid" for an unknown
 * one (awslabs/mcp#4375, awslabs/mcp#4587); a malformed id is refused by the member's pattern, which names the member
 * (by analogy with the statement id's in ballerina-platform/module-ballerinax-aws.redshiftdata, unproven);
 * "Query does not have result" and "Could not cancel a query that is already in FINISHED state" (ballerina-platform,
 * grafana/redshift-datasource).
 */
export function dataApiErrorKind(error: unknown): DataApiErrorKind {
  if (!(error instanceof Error)) {
    return 'other';
  }
  if (error.name === 'ValidationException') {
    if (/session is not available|session with id:.* is invalid|\bat 'sessionid'|^sessionid\b/i.test(error.message)) {
      return 'session-unavailable';
    }
    return /could not cancel a query that is already in \w+ state/i.test(error.message) ? 'already-ended' : 'other';
  }
  if (error.name === 'ResourceNotFoundException') {
    return /query does not have result/i.test(error.message) ? 'no-result' : 'statement-unknown';
  }
  return error.name === 'ActiveWaitingRequestsExceededException' ? 'too-many-waiters' : 'other';
}
