import type { Backend } from '../backends/backend.ts';
import { userOf } from '../backends/user-of.ts';
import { coversGlob } from './covers-glob.ts';
import { matchesGlob } from './matches-glob.ts';
import { coversHost, matchesHost } from './matches-host.ts';
import { matchesUser } from './matches-user.ts';
import { takeApartUser } from './take-apart-user.ts';

/** By what an entry of the directory knows a session; several hold together. */
export const OWNER_CRITERIA = ['user', 'role', 'group', 'clientHost', 'application'] as const;

export type OwnerCriterion = (typeof OWNER_CRITERIA)[number];

/** Who owns the sessions that fit; each criterion is a pattern, `clientHost` perhaps a range of addresses. */
export type OwnerEntry = { readonly [K in OwnerCriterion]?: string } & { readonly owner: string };

/** Whether a backend fits every criterion of an entry. */
export function fitsEntry(entry: OwnerEntry, backend: Backend): boolean {
  const name = userOf(backend);
  const { role, groups } = takeApartUser(name);
  const holds: Readonly<Record<OwnerCriterion, (pattern: string) => boolean>> = {
    user: (pattern) => matchesUser(pattern, name),
    role: (pattern) => role !== null && matchesGlob(pattern, role),
    group: (pattern) => groups.some((group) => matchesGlob(pattern, group)),
    clientHost: (pattern) => matchesHost(pattern, backend.clientHost),
    application: (pattern) => matchesGlob(pattern, backend.application),
  };
  return OWNER_CRITERIA.every((criterion) => {
    const pattern = entry[criterion];
    return pattern === undefined || holds[criterion](pattern);
  });
}

/** Whether each backend that fits the later entry surely fits the earlier one, too. */
export function coversEntry(earlier: OwnerEntry, later: OwnerEntry): boolean {
  return OWNER_CRITERIA.every((criterion) => {
    const [wide, narrow] = [earlier[criterion], later[criterion]];
    if (wide === undefined) {
      return true;
    }
    if (narrow === undefined) {
      // Every session has a user, a host and an application, though perhaps empty; not every one a role or a group.
      return criterion !== 'role' && criterion !== 'group' && /^\*+$/.test(wide);
    }
    return criterion === 'clientHost' ? coversHost(wide, narrow) : coversGlob(wide, narrow);
  });
}
