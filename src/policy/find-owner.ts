import type { Backend } from '../backends/backend.ts';
import { fitsEntry, type OwnerEntry } from './owner-entry.ts';
import { believedOwnerTag } from './owner-tag.ts';
import type { Rule } from './rule.ts';

/** The links of the chain by which an owner is found, in the order in which they are asked. */
export const OWNER_LINKS = ['rule', 'tag', 'directory', 'default'] as const;

export type OwnerLink = (typeof OWNER_LINKS)[number];

/** Who is to be told about whose backends; `notices` of `slotkeeper.yml`. */
export interface OwnerDirectory {
  readonly defaultOwner: string;
  /** First entry that fits names the owner. */
  readonly owners: readonly OwnerEntry[];
  /** Which owners a client may name in its application_name; absent: none. */
  readonly ownerTag?: readonly string[];
}

/** Who is told about a backend, and which link of the chain named him. */
export interface FoundOwner {
  readonly owner: string;
  readonly by: OwnerLink;
}

/** The rule's own owner, else the one that the client names if it is believed, else the directory's, else the default. */
export function findOwner(backend: Backend, rule: Rule, directory: OwnerDirectory): FoundOwner {
  if (rule.owner !== null) {
    return { owner: rule.owner, by: 'rule' };
  }
  const tagged = believedOwnerTag(backend.application, directory.ownerTag);
  if (tagged !== null) {
    return { owner: tagged, by: 'tag' };
  }
  const entry = directory.owners.find((one) => fitsEntry(one, backend));
  return entry === undefined
    ? { owner: directory.defaultOwner, by: 'default' }
    : { owner: entry.owner, by: 'directory' };
}
