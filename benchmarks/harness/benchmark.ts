import type { Report } from './report.ts';

export interface BenchmarkOptions {
  /** Small sizes and few repetitions: shows that everything works and that counts hold, not how fast it is. */
  readonly short: boolean;
  /** Says what goes on, for whoever waits. */
  readonly say: (line: string) => void;
}

/** One small program that measures something, checks that what it measured was right, and tells what it saw. */
export interface Benchmark {
  /** As it is named on the command line and in README.md, such as `pool`. */
  readonly name: string;
  /** One line: what is measured against what. */
  readonly about: string;
  /** @throws WrongResult when a contender did not do what it was to do: a fast wrong answer is no figure */
  run(options: BenchmarkOptions): Promise<Report>;
}
