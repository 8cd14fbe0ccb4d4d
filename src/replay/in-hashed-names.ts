import { isLiteral } from '../policy/matches-glob.ts';
import type { OwnerEntry } from '../policy/owner-entry.ts';
import type { RuleMatch } from '../policy/rule.ts';
import { PatternNotRecorded } from './errors/pattern-not-recorded.ts';
import type { HashedNames, PatternFit } from './hashed-names.ts';
import { groupPattern, rolePattern } from './note-fits.ts';
import type { Policy } from './policy.ts';

/**
 * The policy in words that fit a recording whose names are hashed: each pattern becomes the hashed names that fit it.
 *
 * @param source what to call the recording in messages
 * @throws PatternNotRecorded when the recording does not know who fits a pattern
 */
export function inHashedNames(policy: Policy, names: HashedNames, source: string): Policy {
  const users = translator(names.users, source);
  const clientHosts = translator(names.clientHosts, source);
  const { ownerTag } = policy.notices;
  return {
    ...policy,
    rules: policy.rules.map((rule) => ({ ...rule, match: translate(rule.match, users, clientHosts) })),
    notices: {
      ...policy.notices,
      owners: policy.notices.owners.flatMap((entry) => translateEntry(entry, users, clientHosts)),
      ...(ownerTag === undefined ? {} : { ownerTag: ownerTag.flatMap(translator(names.ownerTags ?? [], source)) }),
    },
  };
}

type Translator = (pattern: string) => readonly string[];

function translate(match: RuleMatch, users: Translator, clientHosts: Translator): RuleMatch {
  return {
    ...match,
    ...(match.user === undefined ? {} : { user: match.user.flatMap(users) }),
    ...(match.clientHost === undefined ? {} : { clientHost: match.clientHost.flatMap(clientHosts) }),
  };
}

/** One entry per hashed name that fits all that the entry says of the user, and per hashed host. */
function translateEntry(entry: OwnerEntry, users: Translator, clientHosts: Translator): OwnerEntry[] {
  const { user, role, group, clientHost, ...rest } = entry;
  const said = [
    ...(user === undefined ? [] : [users(user)]),
    ...(role === undefined ? [] : [users(rolePattern(role))]),
    ...(group === undefined ? [] : [users(groupPattern(group))]),
  ].map((names) => names.map((name) => name.replace(/(?<=.)\*$/, '')));
  const [first, ...others] = said.filter((names) => !names.includes('*'));
  const fitting = first
    ?.filter((name) => others.every((names) => names.includes(name)))
    .map((name) => ({ user: name }));
  const hosts = clientHost === undefined ? [{}] : clientHosts(clientHost).map((name) => ({ clientHost: name }));
  return (fitting ?? [{}]).flatMap((one) => hosts.map((host) => ({ ...rest, ...one, ...host })));
}

function translator(fits: readonly PatternFit[], source: string): Translator {
  const byPattern = new Map(fits.map(({ pattern, fits: names }) => [pattern, names]));
  return (pattern) => {
    if (/^\*+$/.test(pattern)) {
      return [pattern];
    }
    const names = byPattern.get(pattern);
    if (names === undefined) {
      throw new PatternNotRecorded(pattern, source);
    }
    // A superuser must be meant without a wildcard, so what had one keeps one. Hashes have one length: it adds nothing.
    return isLiteral(pattern) ? names : names.map((name) => `${name}*`);
  };
}
