import { distance } from 'fastest-levenshtein';
import type { Document, LineCounter, Node } from 'yaml';
import { isMap, isNode, isScalar } from 'yaml';
import type { z } from 'zod';
import type { CrossProblem } from './cross-check.ts';
import { type ConfigProblem, MOST_PROBLEMS } from './invalid-config.ts';

/** A parsed file with the places of its nodes. */
export interface LocatedFile {
  readonly document: Document;
  readonly lines: LineCounter;
  /** The file as plain values. */
  readonly values: unknown;
}

/** A name may be this many typing errors away from the one that was meant. */
const MAX_TYPOS = 3;

/** The problems that the schema found, each with its path, its line and what stands there. */
export function locateIssues(file: LocatedFile, error: z.ZodError, keysOf: KeysOf): ConfigProblem[] {
  // One more than are told, so that it is seen that there are more: to find a place takes a search through the file.
  return error.issues.slice(0, MOST_PROBLEMS + 1).flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys
        .slice(0, MOST_PROBLEMS + 1)
        .map((key) => unknownKey(file, [...issue.path, key], keysOf(issue.path)));
    }
    if (issue.code === 'invalid_key') {
      const expected = issue.issues[0]?.message ?? issue.message;
      return [{ ...placeOf(file, issue.path), expected, got: `'${String(issue.path.at(-1))}'`, hint: null }];
    }
    return [{ ...placeOf(file, issue.path), expected: issue.message, got: gotAt(file, issue.path), hint: null }];
  });
}

/** The same for what {@link crossCheck} found. */
export function locateCrossProblem(file: LocatedFile, { path, expected, known }: CrossProblem): ConfigProblem {
  const got = valueAt(file.values, path);
  return { ...placeOf(file, path), expected, got: describeValue(got), hint: suggest(String(got), known) };
}

/** Which keys a mapping at a path may have. */
export type KeysOf = (path: readonly PropertyKey[]) => readonly string[];

function unknownKey(file: LocatedFile, path: readonly PropertyKey[], known: readonly string[]): ConfigProblem {
  const key = String(path.at(-1));
  const expected = known.length === 0 ? 'a known key' : `one of the keys ${known.join(', ')}`;
  return { ...placeOf(file, path), expected, got: `'${key}'`, hint: suggest(key, known) };
}

function suggest(name: string, known: readonly string[]): string | null {
  const scored = known.map((candidate) => ({
    candidate,
    typos: distance(name.toLowerCase(), candidate.toLowerCase()),
  }));
  const best = scored.sort((a, b) => a.typos - b.typos)[0];
  return best !== undefined && best.typos <= Math.min(MAX_TYPOS, name.length / 2)
    ? `did you mean '${best.candidate}'?`
    : null;
}

function placeOf(file: LocatedFile, path: readonly PropertyKey[]): Pick<ConfigProblem, 'path' | 'line'> {
  return { path: formatPath(path), line: lineOf(file, path) };
}

/** `targets.prod.rules[2]`. */
function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

/** The line of a path's key, or of the nearest part of it that is in the file. */
function lineOf({ document, lines }: LocatedFile, path: readonly PropertyKey[]): number | null {
  for (let length = path.length; length >= 1; length -= 1) {
    const part = path.slice(0, length);
    const node = keyNode(document, part) ?? document.getIn(part, true);
    if (isNode(node) && node.range) {
      return lines.linePos(node.range[0]).line;
    }
  }
  return isNode(document.contents) && document.contents.range ? lines.linePos(document.contents.range[0]).line : null;
}

function keyNode(document: Document, path: readonly PropertyKey[]): Node | null {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) {
    return null;
  }
  const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)));
  return isNode(pair?.key) ? pair.key : null;
}

function gotAt(file: LocatedFile, path: readonly PropertyKey[]): string {
  return describeValue(valueAt(file.values, path));
}

/** The value at a path; a single value also stands for the list that it may replace. */
function valueAt(values: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, part) => {
    if (typeof value !== 'object' || value === null) {
      return part === 0 ? value : undefined;
    }
    return Object.hasOwn(value, part) ? (value as Record<PropertyKey, unknown>)[part] : undefined;
  }, values);
}

function describeValue(value: unknown): string {
  if (value === undefined) {
    return 'nothing';
  }
  if (value === null) {
    return 'an empty value';
  }
  if (Array.isArray(value)) {
    return `a list of ${value.length}`;
  }
  if (typeof value === 'object') {
    return `a mapping with the keys ${Object.keys(value).join(', ') || '(none)'}`;
  }
  const text = String(value);
  const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  return typeof value === 'string' ? `'${shown}'` : shown;
}
