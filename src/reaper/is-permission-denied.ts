/**
 * Whether a failed statement's message says that the server refused the signal: SQLSTATE 42501, `permission denied to
 * terminate process` (PostgreSQL `signalfuncs.c`); Redshift lets only superusers end other users' sessions (AWS page
 * PG_TERMINATE_BACKEND) and documents no text, so that any refusal for lack of a privilege counts.
 */
export function isPermissionDenied(message: string): boolean {
  return /\b42501\b|permission denied|insufficient privilege|must be (a )?superuser/i.test(message);
}
