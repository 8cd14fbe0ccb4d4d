import type { PoolConfig } from '../../config/pool-config.ts';
import { matchesGlob } from '../../policy/matches-glob.ts';
import { TENANT_ID } from '../../pool/require-tenant-id.ts';

/** STV_SESSIONS cuts names here (AWS page r_STV_SESSIONS: `user_name character(50)`). */
const SHOWN_LENGTH = 50;

/**
 * What temporary credentials may put before a user's name (API reference, GetClusterCredentials, `DbUser`). Whether
 * STV_SESSIONS shows it is not documented, so both are taken for the same user.
 */
const CREDENTIAL_PREFIXES = ['', 'IAM:', 'IAMA:'] as const;

/** Whether a database user is the one that the server shows, cut and folded as it may be. */
export function isShownAs(dbUser: string, shown: string): boolean {
  return CREDENTIAL_PREFIXES.some((prefix) => cutAndFold(prefix + dbUser) === cutAndFold(shown));
}

/**
 * Which tenant of a pool has signed in as this user; `unclear`: perhaps one, but the server has cut the name; null: none.
 */
export function tenantShownAs(pool: PoolConfig, shown: string): { readonly tenant: string } | 'unclear' | null {
  const [before = '', after = ''] = pool.dbUser.toLowerCase().split('{tenantid}');
  for (const prefix of CREDENTIAL_PREFIXES) {
    const start = cutAndFold(prefix + before);
    const name = cutAndFold(shown);
    if (!name.startsWith(start)) {
      continue;
    }
    if (name.length === SHOWN_LENGTH) {
      return 'unclear';
    }
    const tenant = name.slice(start.length, name.length - after.length);
    const fits = name.endsWith(after) && name.length > start.length + after.length;
    if (fits && TENANT_ID.test(tenant) && pool.tenants.some((glob) => matchesGlob(glob, tenant))) {
      return { tenant };
    }
  }
  return null;
}

/** Redshift folds identifiers to lower case. */
function cutAndFold(name: string): string {
  return name.slice(0, SHOWN_LENGTH).toLowerCase();
}
