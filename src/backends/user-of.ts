import type { Backend } from './backend.ts';

/**
 * The name of a backend's database user, whole where the catalog told it: what rules, owners and readers go by. The
 * identity has what the server's view shows, which may be cut.
 */
export function userOf({ identity, wholeUser }: Pick<Backend, 'identity' | 'wholeUser'>): string {
  return wholeUser ?? identity.user;
}
