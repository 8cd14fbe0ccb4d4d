/** What must be ended again, in the reverse order of its start. */
export class ShutdownList {
  readonly #steps: (() => void | Promise<void>)[] = [];
  #running: Promise<void> | null = null;

  /** Notes how something that was just started is ended. */
  add(step: () => void | Promise<void>): void {
    this.#steps.push(step);
  }

  /**
   * Ends everything, last started first. A step that fails does not keep the others from running. Idempotent.
   *
   * @throws AggregateError with what failed
   */
  run(): Promise<void> {
    this.#running ??= this.#runSteps();
    return this.#running;
  }

  async #runSteps(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.#steps.toReversed()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, `${failures.length} part(s) of the embedded cloud did not end cleanly.`);
    }
  }
}
