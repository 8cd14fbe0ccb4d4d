import { type ConfigProblem, InvalidConfig } from '../invalid-config.ts';
import { locateCrossProblem } from '../locate-problems.ts';
import { readConfig } from '../parse-config.ts';
import type { Finding } from './finding.ts';
import { reviewConfig } from './review-config.ts';

/** A finding with its place in the file. */
export interface ConfigFinding extends Omit<ConfigProblem, 'hint'> {
  readonly severity: Finding['severity'];
  /** `invalid`: the file cannot be used because of it. */
  readonly code: string;
  /** A sentence. */
  readonly advice: string;
}

/**
 * Everything that is to be said about the text of `slotkeeper.yml`, in the order of its lines. What makes the file
 * unusable comes alone: what its parts are to each other is looked at once they can be read.
 *
 * @param source what to call the file in messages
 */
export function validateConfig(text: string, source: string): ConfigFinding[] {
  try {
    const { file, data } = readConfig(text, source);
    return reviewConfig(data)
      .map(({ severity, code, path, expected, advice }) => {
        const { hint: _, ...place } = locateCrossProblem(file, { path, expected, known: [] });
        return { severity, code, ...place, advice };
      })
      .sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  } catch (error) {
    if (error instanceof InvalidConfig) {
      return error.problems.map(({ hint, ...problem }) => ({
        severity: 'error',
        code: 'invalid',
        ...problem,
        advice: hint === null ? `Write ${problem.expected}.` : `${hint.charAt(0).toUpperCase()}${hint.slice(1)}`,
      }));
    }
    throw error;
  }
}
