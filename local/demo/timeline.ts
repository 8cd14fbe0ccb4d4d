/** Prints what happens, with the seconds since the demonstration began. */
export interface Timeline {
  tell(line: string): void;
  /** Further lines of the same moment, indented below it. */
  quote(text: string): void;
  /** A line without a time. */
  plain(line: string): void;
}

/**
 * @param write where lines go: stdout, or stderr when stdout is for the JSON line
 * @param now milliseconds; the difference to the first call is what is printed
 */
export function createTimeline(write: (text: string) => void, now: () => number): Timeline {
  const began = now();
  return {
    tell: (line) => write(`${((now() - began) / 1000).toFixed(1).padStart(5)}s  ${line}\n`),
    quote: (text) => {
      for (const line of text.trimEnd().split('\n')) {
        write(`        | ${line}\n`);
      }
    },
    plain: (line) => write(`${line}\n`),
  };
}
