import { matchesGlob } from './matches-glob.ts';

/**
 * Whether a database user fits a pattern, as the server shows it or by the name within.
 *
 * Temporary credentials sign in as `IAM:name`, `IAMR:role` or `IAMA:name:groups` (Redshift management guide, "Authorizing
 * access to the Data API"; API reference, GetClusterCredentials). Whether STV_SESSIONS shows that prefix is not known, and
 * a rule that exempts `etl*` must exempt `IAM:etl_nightly` either way.
 */
export function matchesUser(pattern: string, user: string): boolean {
  const inner = /^IAM[AR]?:([^:]+)/i.exec(user)?.[1];
  return matchesGlob(pattern, user) || (inner !== undefined && matchesGlob(pattern, inner));
}
