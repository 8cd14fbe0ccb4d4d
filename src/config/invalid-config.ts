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

/** Nobody reads more at once, and a hostile file must not make a message of megabytes. */
export const MOST_PROBLEMS = 50;

/** Characters of what is told of one place. */
const LONGEST_PART = 1_000;

/** `slotkeeper.yml` cannot be used. All of its problems are told at once, up to {@link MOST_PROBLEMS}. */
export class InvalidConfig extends SlotkeeperError {
  readonly problems: readonly ConfigProblem[];

  constructor(source: string, problems: readonly ConfigProblem[], options?: ErrorOptions) {
    const told = problems.slice(0, MOST_PROBLEMS);
    super('InvalidConfig', [`${source} has ${countOf(problems.length)}:`, ...told.map(describe)].join('\n'), options);
    this.problems = told;
  }
}

function countOf(problems: number): string {
  if (problems > MOST_PROBLEMS) {
    return `more than ${MOST_PROBLEMS} problems, of which these are the first`;
  }
  return problems === 1 ? '1 problem' : `${problems} problems`;
}

function describe(problem: ConfigProblem): string {
  const { line, hint } = problem;
  const path = shorten(problem.path);
  const expected = shorten(problem.expected);
  const got = shorten(problem.got);
  const place = [line === null ? '' : `line ${line}`, path].filter((part) => part !== '').join(', ');
  return `  ${place === '' ? '' : `${place}: `}expected ${expected}, got ${got}${hint === null ? '' : `; ${hint}`}`;
}

function shorten(text: string): string {
  return text.length > LONGEST_PART ? `${text.slice(0, LONGEST_PART)}…` : text;
}
