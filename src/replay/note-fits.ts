import type { Backend } from '../backends/backend.ts';
import { userOf } from '../backends/user-of.ts';
import { matchesGlob } from '../policy/matches-glob.ts';
import { matchesHost } from '../policy/matches-host.ts';
import { matchesUser } from '../policy/matches-user.ts';
import type { OwnerEntry } from '../policy/owner-entry.ts';
import { readOwnerTag } from '../policy/owner-tag.ts';
import { takeApartUser } from '../policy/take-apart-user.ts';
import type { HashName } from './hash-names.ts';
import type { HashedNames, PatternFit } from './hashed-names.ts';
import type { Policy } from './policy.ts';

/** How the patterns of roles and groups stand among those of users: both are parts of a user's name. */
export const rolePattern = (role: string) => `role:${role}`;
export const groupPattern = (group: string) => `group:${group}`;

type Fits = (pattern: string, name: string) => boolean;

/** Notes which of the names that are going to be hashed fit which pattern of the policy. */
export function noteFits(backends: readonly Backend[], { rules, notices }: Policy, hash: HashName): HashedNames {
  const directory = (criterion: keyof OwnerEntry) => notices.owners.flatMap((entry) => entry[criterion] ?? []);
  const users = backends.map(userOf);
  const noteUsers = (patterns: readonly string[], fits: Fits) =>
    note(patterns, users, fits, (name) => hash('user', name));
  const tags = backends.flatMap(({ application }) => readOwnerTag(application) ?? []);
  return {
    users: [
      ...noteUsers([...rules.flatMap(({ match }) => match.user ?? []), ...directory('user')], matchesUser),
      ...noteUsers(directory('role'), (pattern, name) => {
        const { role } = takeApartUser(name);
        return role !== null && matchesGlob(pattern, role);
      }).map(({ pattern, fits }) => ({ pattern: rolePattern(pattern), fits })),
      ...noteUsers(directory('group'), (pattern, name) =>
        takeApartUser(name).groups.some((group) => matchesGlob(pattern, group)),
      ).map(({ pattern, fits }) => ({ pattern: groupPattern(pattern), fits })),
    ],
    clientHosts: note(
      [...rules.flatMap(({ match }) => match.clientHost ?? []), ...directory('clientHost')],
      backends.map(({ clientHost }) => clientHost),
      matchesHost,
      (name) => hash('host', name),
    ),
    ...(notices.ownerTag === undefined
      ? {}
      : { ownerTags: note(notices.ownerTag, tags, matchesGlob, (name) => hash('owner', name)) }),
  };
}

function note(
  patterns: readonly string[],
  names: readonly string[],
  fits: Fits,
  hash: (name: string) => string,
): PatternFit[] {
  const distinct = [...new Set(names)];
  return [...new Set(patterns)].map((pattern) => ({
    pattern,
    fits: distinct
      .filter((name) => fits(pattern, name))
      .map(hash)
      .sort(),
  }));
}
