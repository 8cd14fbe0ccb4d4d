/** Steps of which each is tried even when one before it failed. */
export interface FailureSteps {
  /** Runs a step; answers its result, or null when it failed. */
  attempt<T>(what: string, step: () => Promise<T>): Promise<T | null>;
  /** What went wrong, in words. */
  readonly problems: readonly string[];
}

/**
 * For the path on which something has gone wrong already: a second error must not hide the first, nor keep the lock
 * from being given back. None is lost: whoever started the steps tells the problems.
 */
export function createFailureSteps(): FailureSteps {
  const problems: string[] = [];
  return {
    problems,
    async attempt(what, step) {
      try {
        return await step();
      } catch (error) {
        problems.push(
          `could not ${what}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
        );
        return null;
      }
    },
  };
}
