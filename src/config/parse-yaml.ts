import { type Document, isScalar, LineCounter, parseDocument, type Scalar, visit } from 'yaml';
import { type ConfigProblem, InvalidConfig } from './invalid-config.ts';
import type { LocatedFile } from './locate-problems.ts';

/**
 * Reads YAML with the places of its nodes.
 *
 * @param source what to call the file in messages
 * @throws InvalidConfig when it is no YAML
 */
export function parseYaml(text: string, source: string): LocatedFile {
  const lines = new LineCounter();
  // The library's own search for doubled keys takes the square of their number: a second for ten thousand.
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'error' } as const;
  const document = parseDocument(text, options);
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
  refuseKeys(document, lines, source);
  try {
    return { document, lines, values: document.toJS() };
  } catch (cause) {
    // An alias without its anchor, or one that grows without bound, shows only now.
    const got = `what YAML does not allow: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new InvalidConfig(source, [{ path: '', line: null, expected: 'YAML', got, hint: null }], { cause });
  }
}

/**
 * Refuses a key that is there twice, of which one would have no effect, and `__proto__`, which the schema library passes
 * over without a word.
 */
function refuseKeys(document: Document, lines: LineCounter, source: string): void {
  const problems: ConfigProblem[] = [];
  const refuse = (key: Scalar, expected: string, got: string) => {
    const line = key.range ? lines.linePos(key.range[0]).line : null;
    problems.push({ path: '', line, expected, got, hint: null });
  };
  visit(document, {
    Map(_, { items }) {
      const names = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) {
          continue;
        }
        // As it becomes a member's name: 1 and "1" are one.
        const name = String(key.value);
        if (name === '__proto__') {
          refuse(key, 'a key of this file', "'__proto__'");
        } else if (names.has(name)) {
          refuse(key, 'YAML', `what YAML does not allow: the key '${name}' a second time in one mapping`);
        }
        names.add(name);
      }
    },
  });
  if (problems.length > 0) {
    throw new InvalidConfig(source, problems);
  }
}
