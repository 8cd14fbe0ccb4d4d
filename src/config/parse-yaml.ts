import { type Document, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
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
