/** Concurrent executions of an account in a Region, unless it has asked for more (Lambda guide, "Lambda quotas"). */
export const LAMBDA_CONCURRENCY = 1_000;

/** Lambda's containers: one invocation at a time each, the one that was used last first, a new one where none is free. */
export class LambdaFleet<Container> {
  readonly #create: (functionName: string, index: number) => Container;
  readonly #sleep: (ms: number) => Promise<unknown>;
  readonly #coldStartMs: number;
  readonly #free = new Map<string, Container[]>();
  #running = 0;
  #made = 0;
  /** Most invocations at one time. */
  most = 0;
  rejected = 0;

  constructor(
    create: (functionName: string, index: number) => Container,
    sleep: (ms: number) => Promise<unknown>,
    coldStartMs: number,
  ) {
    this.#create = create;
    this.#sleep = sleep;
    this.#coldStartMs = coldStartMs;
  }

  /** Begins to look for the most anew. */
  reset(): void {
    this.most = this.#running;
    this.rejected = 0;
  }

  /** @throws an error named Lambda.TooManyRequestsException when the account's concurrency is used up */
  async invoke<T>(functionName: string, work: (container: Container) => Promise<T>): Promise<T> {
    if (this.#running >= LAMBDA_CONCURRENCY) {
      this.rejected += 1;
      throw Object.assign(new Error('Rate exceeded.'), { name: 'Lambda.TooManyRequestsException' });
    }
    this.#running += 1;
    this.most = Math.max(this.most, this.#running);
    const free = this.#free.get(functionName) ?? [];
    this.#free.set(functionName, free);
    let container = free.pop();
    try {
      if (container === undefined) {
        this.#made += 1;
        container = this.#create(functionName, this.#made);
        await this.#sleep(this.#coldStartMs);
      }
      return await work(container);
    } finally {
      this.#running -= 1;
      if (container !== undefined) {
        free.push(container);
      }
    }
  }
}
