import { isLiteral } from '../policy/matches-glob.ts';
import type { RuleMatch } from '../policy/rule.ts';
import { PatternNotRecorded } from './errors/pattern-not-recorded.ts';
import type { HashedNames, PatternFit } from './hashed-names.ts';
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
  return {
    ...policy,
    rules: policy.rules.map((rule) => ({ ...rule, match: translate(rule.match, users, clientHosts) })),
    notices: {
      ...policy.notices,
      owners: policy.notices.owners.flatMap(({ user, owner }) => users(user).map((name) => ({ user: name, owner }))),
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
