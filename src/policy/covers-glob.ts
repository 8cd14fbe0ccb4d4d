/**
 * Whether every name that fits one pattern surely fits another, too, as {@link matchesGlob} reads them.
 *
 * It answers true only where that is certain: the narrower pattern is laid along the wider one, its `?` and `*` counting
 * as signs that only a wildcard takes up. Cover that only several wider patterns give together, and upper and lower case
 * outside ASCII, are taken for none.
 *
 * @param wide the pattern that may cover
 * @param narrow the pattern that may be covered
 */
export function coversGlob(wide: string, narrow: string): boolean {
  const [general, special] = [inOrder(wide), inOrder(narrow)];
  // reach[j]: the part of `general` read so far takes up exactly the first j signs of `special`.
  let reach = [true, ...Array<boolean>(special.length).fill(false)];
  for (const sign of general) {
    const next = Array<boolean>(special.length + 1).fill(false);
    for (let j = 0; j <= special.length; j += 1) {
      next[j] =
        sign === '*'
          ? reach[j] === true || (j > 0 && next[j - 1] === true)
          : j > 0 && reach[j - 1] === true && takes(sign, special[j - 1] ?? '*');
    }
    reach = next;
  }
  return reach[special.length] === true;
}

/** A `?` takes one sign, known or not; a letter itself only. Neither takes `*`, which may be nothing or more than one. */
function takes(sign: string, other: string): boolean {
  return other !== '*' && (sign === '?' || sign === other);
}

/** Signs with ASCII letters made small; `*?` and `?*` mean the same, so that each run of wildcards has one spelling. */
function inOrder(pattern: string): string[] {
  const small = pattern.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const ordered = small.replace(/[*?]+/g, (run) => run.replaceAll('*', '') + (run.includes('*') ? '*' : ''));
  return ordered.split('');
}
