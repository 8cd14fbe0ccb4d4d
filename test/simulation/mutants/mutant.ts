/** A piece of a file's text and what stands in its place. The text must be there exactly once. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A fault put into the product, or into a copy of it, to see that the simulation finds it. */
export interface Mutant {
  /** What is wrong with it. */
  readonly name: string;
  /** Where two lines of defence would hide one another's loss, both are taken away. */
  readonly edits: readonly Edit[];
}

/** @throws Error when a text is not there exactly once: the product has changed, and so must the mutant */
export function applyEdits(file: string, source: string, edits: readonly Edit[]): string {
  return edits
    .filter((edit) => edit.file === file)
    .reduce((text, { find, replace }) => {
      const parts = text.split(find);
      if (parts.length !== 2) {
        throw new Error(
          `Expected ${JSON.stringify(find)} exactly once in ${file}, found it ${parts.length - 1} times.`,
        );
      }
      return parts.join(replace);
    }, source);
}
