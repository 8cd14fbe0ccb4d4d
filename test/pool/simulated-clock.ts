import type { PoolClock } from '../../src/pool/pool-clock.ts';

interface Sleeper {
  readonly dueAt: number;
  readonly wake: () => void;
}

/** A clock that stands still but for the test: sleepers wake in the order of their time, in no real time. */
export class SimulatedClock implements PoolClock {
  #ms: number;
  #sleepers: Sleeper[] = [];

  constructor(start = '2026-11-20T15:00:00.000Z') {
    this.#ms = Date.parse(start);
  }

  now(): Date {
    return new Date(this.#ms);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = { dueAt: this.#ms + Math.max(0, ms), wake: () => finish() };
      const finish = () => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
        resolve();
      };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', finish, { once: true });
    });
  }

  /** Lets everything run that needs no more time. */
  async settle(): Promise<void> {
    // A turn of the event loop runs all microtasks; ports in memory need no more than a few turns.
    for (let turn = 0; turn < 3; turn += 1) {
      await new Promise(setImmediate);
    }
  }

  /** Moves time on, waking every sleeper at its own moment. */
  async advance(ms: number): Promise<void> {
    const until = this.#ms + ms;
    await this.settle();
    for (let next = this.#next(); next !== undefined && next.dueAt <= until; next = this.#next()) {
      this.#ms = Math.max(this.#ms, next.dueAt);
      next.wake();
      await this.settle();
    }
    this.#ms = until;
  }

  /** Moves time on as far as this promise needs. */
  async finish<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const watched = work.finally(() => {
      isDone = true;
    });
    watched.catch(() => undefined);
    await this.settle();
    while (!isDone) {
      const next = this.#next();
      if (next === undefined) {
        await this.settle();
        if (!isDone && this.#next() === undefined) {
          throw new Error('Expected the work to end: nobody sleeps, and it still waits.');
        }
        continue;
      }
      this.#ms = Math.max(this.#ms, next.dueAt);
      next.wake();
      await this.settle();
    }
    return watched;
  }

  #next(): Sleeper | undefined {
    return this.#sleepers.reduce<Sleeper | undefined>(
      (first, one) => (first === undefined || one.dueAt < first.dueAt ? one : first),
      undefined,
    );
  }
}
