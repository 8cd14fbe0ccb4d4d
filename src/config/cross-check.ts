import { parseDuration } from './parse-duration.ts';

/** A problem between parts of the file, before it is known on which line it is. */
export interface CrossProblem {
  readonly path: readonly PropertyKey[];
  readonly expected: string;
  /** Names that would have been right. */
  readonly known: readonly string[];
}

/**
 * Looks at what no part can tell by itself: policies that targets name, two ways to sign in, rule names that occur twice,
 * targets beside the one that has a pool on their cluster, a file without a target. It reads the file as it stands, however much else is wrong with it, so that all problems are told at once.
 */
export function crossCheck(file: unknown): CrossProblem[] {
  const targets = entriesOf(memberOf(file, 'targets'));
  const policies = entriesOf(memberOf(file, 'policies'));
  const known = policies.map(([name]) => name);
  const expectedPolicy = listPolicies(known);
  const isKnown = new Set(known);
  const problems: CrossProblem[] = [];
  if (targets.length === 0 && isMapping(memberOf(file, 'targets'))) {
    problems.push({ path: ['targets'], expected: 'at least one target', known: [] });
  }
  for (const [name, target] of targets) {
    if (memberOf(target, 'dbUser') !== undefined && memberOf(target, 'secretArn') !== undefined) {
      problems.push({ path: ['targets', name, 'secretArn'], expected: 'dbUser or secretArn, not both', known: [] });
    }
    const policy = memberOf(target, 'policy');
    if (typeof policy === 'string' && !isKnown.has(policy)) {
      problems.push({ path: ['targets', name, 'policy'], expected: expectedPolicy, known });
    }
  }
  if (memberOf(file, 'api') !== undefined) {
    problems.push(...findApiConflicts(targets));
  }
  problems.push(...findSharedServers(targets, 'cluster'), ...findSharedServers(targets, 'workgroup'));
  for (const [name, rules] of policies) {
    problems.push(...findRepeatedNames(name, rules));
  }
  return problems;
}

/** API Gateway gives up after 30 s (API Gateway guide, quotas of HTTP APIs); a statement needs some of them. */
const LONGEST_WAIT = 20;

function findApiConflicts(targets: readonly [string, unknown][]): CrossProblem[] {
  const pools = targets.flatMap(([name, target]) => {
    const pool = memberOf(target, 'pool');
    return pool === undefined ? [] : [{ name, waitFor: memberOf(pool, 'waitFor') }];
  });
  const late = pools.filter(
    ({ waitFor }) => typeof waitFor === 'string' && (parseDuration(waitFor) ?? 0) > LONGEST_WAIT,
  );
  return [
    ...(pools.length === 0
      ? [{ path: ['api'], expected: 'a target with a pool, by which tenants are served over HTTP', known: [] }]
      : []),
    ...late.map(({ name }) => ({
      path: ['targets', name, 'pool', 'waitFor'],
      expected: `at most ${LONGEST_WAIT}s with api: nobody hears an answer over HTTP after 30s`,
      known: [],
    })),
  ];
}

/**
 * A snapshot shows the sessions of the whole cluster or workgroup, and a pool's items belong to one target: runs of another target
 * would take sessions that are leased for anybody's.
 */
function findSharedServers(targets: readonly [string, unknown][], key: 'cluster' | 'workgroup'): CrossProblem[] {
  // The first two with a pool there: a target is not beside itself.
  const pooledOn = new Map<unknown, string[]>();
  for (const [name, target] of targets) {
    const names = pooledOn.get(memberOf(target, key)) ?? [];
    if (memberOf(target, 'pool') !== undefined && names.length < 2) {
      pooledOn.set(memberOf(target, key), [...names, name]);
    }
  }
  return targets.flatMap(([name, target]) => {
    const server = memberOf(target, key);
    const pooled = pooledOn.get(server)?.find((other) => other !== name);
    return typeof server !== 'string' || pooled === undefined
      ? []
      : [
          {
            path: ['targets', name, key],
            expected: `a ${key} other than that of ${pooled}, whose pool has sessions there that runs for ${name} would not know`,
            known: [],
          },
        ];
  });
}

function listPolicies(known: readonly string[]): string {
  return known.length === 0 ? 'a policy of this file, which has none' : `one of the policies ${known.join(', ')}`;
}

function findRepeatedNames(policy: string, rules: unknown): CrossProblem[] {
  const names = Array.isArray(rules) ? rules.map((rule) => memberOf(rule, 'name')) : [];
  const firsts = new Map<unknown, number>();
  return names.flatMap((name, index) => {
    const first = firsts.get(name) ?? index;
    firsts.set(name, first);
    return typeof name === 'string' && first !== index
      ? [
          {
            path: ['policies', policy, index, 'name'],
            expected: `a name that no other rule of the policy has (rule ${first + 1} has it)`,
            known: [],
          },
        ]
      : [];
  });
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function memberOf(value: unknown, key: string): unknown {
  return isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function entriesOf(value: unknown): [string, unknown][] {
  return isMapping(value) ? Object.entries(value) : [];
}
