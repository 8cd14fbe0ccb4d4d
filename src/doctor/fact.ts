/** Something that was asked for, or why it could not be had. Whoever judges must deal with both. */
export type Fact<T> = { readonly known: true; readonly value: T } | { readonly known: false; readonly why: string };

export function known<T>(value: T): Fact<T> {
  return { known: true, value };
}

/** @param why completes "cannot tell: …" */
export function unknown(why: string): Fact<never> {
  return { known: false, why };
}
