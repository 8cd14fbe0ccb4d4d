import * as z from 'zod';

/** What a comparison says of an object whose `toString` is none. */
const INCOMPARABLE = 'Cannot convert object to primitive value';

/** What a value was read as, or why it could not be. */
export type SafeParsed<Output> =
  | { readonly success: true; readonly data: Output; readonly error?: undefined }
  | { readonly success: false; readonly data?: undefined; readonly error: z.ZodError };

/**
 * A schema's `safeParse` for values from outside. Zod 4 compares the `length` of whatever has one with the bounds of a text,
 * also where the value is no text, and throws for `{ "length": { "toString": "" } }`; here that is a failure as any other.
 *
 * @param options as zod's own
 */
export function safeParse<Output>(
  schema: z.ZodType<Output>,
  value: unknown,
  options: { readonly reportInput?: boolean } = {},
): SafeParsed<Output> {
  try {
    return schema.safeParse(value, options);
  } catch (cause) {
    if (!(cause instanceof TypeError && cause.message === INCOMPARABLE)) {
      throw cause;
    }
    const issue: z.core.$ZodIssueCustom = {
      code: 'custom',
      path: [],
      message: 'lengths that are numbers',
      input: value,
    };
    return { success: false, error: new z.ZodError([issue]) };
  }
}
