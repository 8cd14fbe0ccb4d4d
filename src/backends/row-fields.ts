import * as z from 'zod';
import { readServerTime } from './server-time.ts';

/** Fields of result rows, tolerant of how a client types and pads them, strict about what they mean. */

/** Blank padding of `char(n)` goes; other white space may be part of a name and stays. */
export const paddedText = z.string('expected text').transform((text) => text.replace(/ +$/, ''));

/** Text that may be missing; empty then. */
export const optionalText = paddedText.nullable().transform((text) => text ?? '');

/** A process id or a count of seconds; 64-bit integers come as text. */
export const wholeNumber = z
  .union([z.number(), z.string().trim().regex(/^\d+$/).transform(Number)], 'expected a whole number, 0 or more')
  .refine((value) => Number.isSafeInteger(value) && value >= 0, 'expected a whole number, 0 or more');

/** A flag: 0 or 1, or what a client makes of it. */
export const flag = z
  .union([z.boolean(), z.literal([0, 1, '0', '1'])], 'expected 0 or 1')
  .transform((value) => value === true || value === 1 || value === '1');

/** A time in digits, as ISO 8601. */
export const serverTime = z.string('expected a time as 14 or 20 digits').transform((text, context) => {
  const iso = readServerTime(text.trim());
  if (iso === null) {
    context.addIssue({ code: 'custom', message: 'expected a time as 14 or 20 digits' });
    return z.NEVER;
  }
  return iso;
});

/** The columns of one row that do not hold what was asked for, e.g. `pid: expected a whole number, 0 or more`. */
export function describeRowProblems(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'row'}: ${issue.message}`).join('; ');
}
