import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { CrossProblem } from '../../src/config/cross-check.ts';
import { mapping } from '../../src/config/fields.ts';
import { InvalidConfig } from '../../src/config/invalid-config.ts';
import { locateCrossProblem } from '../../src/config/locate-problems.ts';
import { readFile } from '../../src/config/parse-config.ts';
import { parseDuration } from '../../src/config/parse-duration.ts';
import { faultRule } from './fault-rule.ts';

const SKEW = 'a duration with a sign, such as +5m or -300s, at most a day';

/** Seconds by which the clock of functions is off, from text such as `-5m`. */
const clockSkew = z
  .string(SKEW)
  .transform((text, context) => {
    const seconds = /^[+-]/.test(text) ? parseDuration(text.slice(1)) : null;
    if (seconds === null || seconds > 86_400) {
      context.addIssue({ code: 'custom', message: SKEW });
      return z.NEVER;
    }
    return text.startsWith('-') ? -seconds : seconds;
  })
  .default(0);

/** What `slotkeeper local --faults` reads. */
export const faultFile = mapping({ clockSkew, faults: z.array(faultRule, 'a list of faults').default([]) });

/** Faults that are switched on from the start. */
export interface FaultFile extends z.output<typeof faultFile> {
  /** The error with the lines of the file where rules name what there is not; missing where they come from no file. */
  readonly refusal?: (problems: readonly CrossProblem[]) => InvalidConfig;
}

/**
 * Reads a file of faults: YAML, of which JSON is a part.
 *
 * @throws InvalidConfig with every problem's line
 */
export function readFaultFile(path: string): FaultFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const got = `none that can be read (${cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)})`;
    throw new InvalidConfig(path, [{ path: '', line: null, expected: 'a file of faults', got, hint: null }], { cause });
  }
  const { file, data } = readFile(text, path, faultFile);
  const refusal = (problems: readonly CrossProblem[]) =>
    new InvalidConfig(
      path,
      problems.map((problem) => locateCrossProblem(file, problem)),
    );
  return { ...data, refusal };
}
