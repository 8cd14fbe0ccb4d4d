import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** One thing that is wrong in `slotkeeper.yml`. */
export interface ConfigProblem {
  /** e.g. `targets.prod.rules[2].terminateAfter`; empty: the file as a whole. */
  readonly path: string;
  /** From 1; null when it is no place in the file. */
  readonly line: number | null;
  readonly expected: string;
  readonly got: string;
  /** What to do about it; null where the expectation says it all. */
  readonly hint: string | null;
}

/** `slotkeeper.yml` cannot be used. All of its problems are told at once. */
export class InvalidConfig extends SlotkeeperError {
  readonly problems: readonly ConfigProblem[];

  constructor(source: string, problems: readonly ConfigProblem[], options?: ErrorOptions) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super('InvalidConfig', [`${source} has ${count}:`, ...problems.map(describe)].join('\n'), options);
    this.problems = problems;
  }
}

function describe({ path, line, expected, got, hint }: ConfigProblem): string {
  const place = [line === null ? '' : `line ${line}`, path].filter((part) => part !== '').join(', ');
  return `  ${place === '' ? '' : `${place}: `}expected ${expected}, got ${got}${hint === null ? '' : `; ${hint}`}`;
}
