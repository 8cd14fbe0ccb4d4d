import * as z from 'zod';
import { DURATION_PATTERN, parseDuration } from './parse-duration.ts';

/**
 * Building blocks of the schema. The message of every one completes the sentence "expected …"; what was got instead,
 * and where, is added by whoever reports it. Editors show it as the description of the place, and what no schema can say
 * by itself (a transform) is said to them by a pattern.
 */

export const text = (expected: string) =>
  z
    .string(expected)
    .min(1, expected)
    .max(256, `${expected}, at most 256 characters`)
    // In what is sent to a database it would end the name, and begin the next setting.
    .refine((value) => !value.includes('\0'), `${expected}, without a NUL character`)
    .meta({ description: expected });

export const pattern = (regex: RegExp, expected: string) =>
  z.string(expected).regex(regex, expected).meta({ description: expected });

export const wholeNumber = (min: number, max: number) => {
  const expected = `a whole number from ${min} to ${max}`;
  return z.number(expected).int(expected).min(min, expected).max(max, expected).meta({ description: expected });
};

/** Whole seconds from text such as `15m`. */
export const duration = (min: string, max: string) => {
  const expected = `a duration from ${min} to ${max}, such as 90s, 15m, 1h30m or 2d`;
  const written = z.string(expected).meta({ description: expected, pattern: DURATION_PATTERN.source });
  return written.transform((value, context) => {
    const seconds = parseDuration(value);
    if (seconds === null || seconds < (parseDuration(min) ?? 0) || seconds > (parseDuration(max) ?? 0)) {
      context.addIssue({ code: 'custom', message: expected });
      return z.NEVER;
    }
    return seconds;
  });
};

const PERCENT = /^(\d{1,3}(?:\.\d{1,3})?)%$/;

/** A share from 0 to 1, from text such as `25%` or the number itself. */
export const share = () => {
  const expected = 'a share such as 25%, or a number from 0 to 1';
  const written = z
    .union([z.string().meta({ pattern: PERCENT.source }), z.number().meta({ minimum: 0, maximum: 1 })], expected)
    .meta({ description: expected });
  return written.transform((value, context) => {
    const percent = typeof value === 'string' ? PERCENT.exec(value) : null;
    const number = typeof value === 'number' ? value : percent === null ? Number.NaN : Number(percent[1]) / 100;
    if (!(number >= 0 && number <= 1)) {
      context.addIssue({ code: 'custom', message: expected });
      return z.NEVER;
    }
    return number;
  });
};

/** One or several: a single value stands for a list of one. */
export const oneOrMore = <T extends z.ZodType>(item: T, expected: string) =>
  z.preprocess(
    (value) => (Array.isArray(value) ? value : [value]),
    z.array(item, expected).min(1, `${expected}, at least one`),
  );

/** A mapping with these keys and no others. */
export const mapping = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'invalid_type' ? `a mapping with the keys ${Object.keys(shape).join(', ')}` : undefined,
  });
