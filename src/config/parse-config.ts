import { type Document, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { crossCheck } from './cross-check.ts';
import { fileSchema } from './file-schema.ts';
import { type ConfigProblem, InvalidConfig } from './invalid-config.ts';
import { knownKeys } from './known-keys.ts';
import { type LocatedFile, locateCrossProblem, locateIssues } from './locate-problems.ts';
import { toPoolConfig } from './pool-schema.ts';
import type { SlotkeeperConfig, TargetConfig } from './slotkeeper-config.ts';

/**
 * Reads the text of `slotkeeper.yml` strictly: unknown keys are refused, and all problems are told at once.
 *
 * @param source what to call the file in messages
 * @throws InvalidConfig with every problem's path, line, expectation and finding
 */
export function parseConfig(text: string, source: string): SlotkeeperConfig {
  const file = parseYaml(text, source);
  const parsed = fileSchema.safeParse(file.values);
  const problems = [
    ...(parsed.success ? [] : locateIssues(file, parsed.error, (path) => knownKeys(fileSchema, path))),
    ...crossCheck(file.values).map((problem) => locateCrossProblem(file, problem)),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new InvalidConfig(source, problems.sort(byLine), { cause: parsed.error });
  }
  const { targets, policies, notices, runs } = parsed.data;
  return {
    targets: Object.fromEntries(
      Object.entries(targets).map(([name, target]) => [name, toTarget(name, target, policies)]),
    ),
    notices,
    runs,
  };
}

function parseYaml(text: string, source: string): LocatedFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      path: '',
      line: lines.linePos(error.pos[0]).line,
      expected: 'YAML',
      got: `what YAML does not allow: ${error.message}`,
      hint: null,
    }));
    throw new InvalidConfig(source, problems, { cause: document.errors[0] });
  }
  refuseMagicKeys(document, lines, source);
  try {
    return { document, lines, values: document.toJS() };
  } catch (cause) {
    // An alias without its anchor, or one that grows without bound, shows only now.
    const got = `what YAML does not allow: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new InvalidConfig(source, [{ path: '', line: null, expected: 'YAML', got, hint: null }], { cause });
  }
}

/** The schema library passes over `__proto__` without a word; whoever wrote it is to know that it has no effect. */
function refuseMagicKeys(document: Document, lines: LineCounter, source: string): void {
  const problems: ConfigProblem[] = [];
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && key.value === '__proto__') {
        const line = isNode(key) && key.range ? lines.linePos(key.range[0]).line : null;
        problems.push({ path: '', line, expected: 'a key of this file', got: "'__proto__'", hint: null });
      }
    },
  });
  if (problems.length > 0) {
    throw new InvalidConfig(source, problems);
  }
}

function toTarget(
  name: string,
  { dbUser, secretArn, policy, pool, ...target }: z.infer<typeof fileSchema>['targets'][string],
  policies: z.infer<typeof fileSchema>['policies'],
): TargetConfig {
  return {
    name,
    ...target,
    dbUser: dbUser ?? null,
    secretArn: secretArn ?? null,
    rules: policies[policy] ?? [],
    pool: pool === undefined ? null : toPoolConfig(pool, target.slots),
  };
}

/** In the order of the file; what has no place comes first. */
function byLine(a: ConfigProblem, b: ConfigProblem): number {
  return (a.line ?? 0) - (b.line ?? 0);
}
