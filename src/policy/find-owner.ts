import type { Backend } from '../backends/backend.ts';
import { matchesUser } from './matches-user.ts';
import type { Rule } from './rule.ts';

/** Who is to be told about whose backends; `notices` of `slotkeeper.yml`. */
export interface OwnerDirectory {
  readonly defaultOwner: string;
  /** First glob that matches the database user names the owner. */
  readonly owners: readonly { readonly user: string; readonly owner: string }[];
}

/** Who is told about a backend: the rule's own owner, else the directory's first match, else the default. */
export function findOwner(backend: Backend, rule: Rule, directory: OwnerDirectory): string {
  const entry = directory.owners.find(({ user }) => matchesUser(user, backend.identity.user));
  return rule.owner ?? entry?.owner ?? directory.defaultOwner;
}
