import type { z } from 'zod';
import { safeParse } from '../errors/safe-parse.ts';
import { unreserved } from '../policy/slots.ts';
import { toApiConfig } from './api-schema.ts';
import { crossCheck } from './cross-check.ts';
import { fileSchema } from './file-schema.ts';
import { type ConfigProblem, InvalidConfig, MOST_PROBLEMS } from './invalid-config.ts';
import { knownKeys } from './known-keys.ts';
import { type LocatedFile, locateCrossProblem, locateIssues } from './locate-problems.ts';
import { parseYaml } from './parse-yaml.ts';
import { toPoolConfig } from './pool-schema.ts';
import type { SlotkeeperConfig, TargetConfig } from './slotkeeper-config.ts';

type File = z.infer<typeof fileSchema>;

/** A file that can be used: what it says, and where it says so. */
export interface ReadConfig {
  readonly file: LocatedFile;
  /** By the file's own keys, with the defaults filled in. */
  readonly data: File;
}

/**
 * Reads the text of `slotkeeper.yml` strictly: unknown keys are refused, and all problems are told at once.
 *
 * @param source what to call the file in messages
 * @throws InvalidConfig with every problem's path, line, expectation and finding
 */
export function parseConfig(text: string, source: string): SlotkeeperConfig {
  const { targets, policies, notices, runs, api } = readConfig(text, source).data;
  return {
    targets: Object.fromEntries(
      Object.entries(targets).map(([name, target]) => [name, toTarget(name, target, policies)]),
    ),
    notices,
    runs,
    ...(api === undefined ? {} : { api: toApiConfig(api) }),
  };
}

/**
 * The same, for those who want to know where something stands.
 *
 * @throws InvalidConfig
 */
export function readConfig(text: string, source: string): ReadConfig {
  return readFile(text, source, fileSchema);
}

/**
 * Reads a file of another shape as strictly.
 *
 * @throws InvalidConfig
 */
export function readFile<Data>(
  text: string,
  source: string,
  schema: z.ZodType<Data>,
): { readonly file: LocatedFile; readonly data: Data } {
  const file = parseYaml(text, source);
  const parsed = safeParse(schema, file.values);
  const problems = [
    ...(parsed.success ? [] : locateIssues(file, parsed.error, (path) => knownKeys(schema, path, file.values))),
    ...crossCheck(file.values)
      .slice(0, MOST_PROBLEMS + 1)
      .map((problem) => locateCrossProblem(file, problem)),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new InvalidConfig(source, problems.sort(byLine), { cause: parsed.error });
  }
  return { file, data: parsed.data };
}

/** A target as the rest of Slotkeeper knows it, with the rules of its policy. */
export function toTarget(name: string, target: File['targets'][string], policies: File['policies']): TargetConfig {
  switch (target.engine) {
    case 'redshift': {
      const { policy, dbUser = null, secretArn = null, pool, ...rest } = target;
      const poolConfig = pool === undefined ? null : toPoolConfig(pool, unreserved(target.slots));
      return { name, ...rest, dbUser, secretArn, rules: policies[policy] ?? [], pool: poolConfig };
    }
    case 'redshift-serverless': {
      const { policy, secretArn = null, workgroupArn = null, pool, ...rest } = target;
      const poolConfig =
        pool === undefined ? null : { ...toPoolConfig(pool, unreserved(target.slots)), secret: pool.secret };
      return { name, ...rest, secretArn, workgroupArn, rules: policies[policy] ?? [], pool: poolConfig };
    }
    case 'postgres': {
      const { policy, ...rest } = target;
      return { name, ...rest, rules: policies[policy] ?? [], pool: null };
    }
  }
}

/** In the order of the file; what has no place comes first. */
function byLine(a: ConfigProblem, b: ConfigProblem): number {
  return (a.line ?? 0) - (b.line ?? 0);
}
