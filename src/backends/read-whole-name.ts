import { LEAST_CUT_BYTES, SHOWN_BYTES } from './whole-name-sql.ts';

/** A name as it may be used, and whether it is known to be whole. */
export interface ReadName {
  readonly name: string;
  /** `whole`: as shown. `repaired`: the catalog has exactly one name that is shown so. `cut`: it may lack its end. */
  readonly state: 'whole' | 'repaired' | 'cut';
}

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

/**
 * What a shown name stands for, by what {@link wholeNameSql} found of it.
 *
 * @param found undefined: nobody looked, or the name is too short to have been cut
 */
export function readWholeName(
  shown: string,
  found: { readonly candidates: number; readonly whole: string | null } | undefined,
): ReadName {
  const bytes = bytesOf(shown);
  if (bytes < LEAST_CUT_BYTES || found === undefined) {
    return { name: shown, state: 'whole' };
  }
  if (found.candidates === 1 && found.whole?.startsWith(shown) === true) {
    return found.whole === shown ? { name: shown, state: 'whole' } : { name: found.whole, state: 'repaired' };
  }
  // A shorter name that the catalog does not know is one of temporary credentials, or of a user who was dropped.
  return { name: shown, state: found.candidates > 1 || bytes >= SHOWN_BYTES ? 'cut' : 'whole' };
}
