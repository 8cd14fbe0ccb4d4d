import type { VirtualClock } from '../virtual-clock.ts';
import { Container, type Outcome } from './container.ts';
import type { ToContainer } from './container-messages.ts';

type Invocation = Extract<ToContainer, { type: 'invoke' }>;

export interface ContainerPoolOptions {
  /** Most containers at once; further invocations wait in line. */
  readonly limit: number;
  readonly clock: VirtualClock;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: (text: string) => void;
}

/** Containers, started when needed and kept warm. Any container can run any function. */
export class ContainerPool {
  readonly #options: ContainerPoolOptions;
  readonly #containers = new Set<Container>();
  /** Containers that belong to an invocation, from the claim on. */
  readonly #claimed = new Set<Container>();
  /** Threads that are on their way out. */
  readonly #ending = new Set<Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  readonly #stopListening: () => void;
  #stopped = false;
  /** Milliseconds by which the containers' clock is ahead of the cloud's, or behind it. */
  #clockSkewMs = 0;

  constructor(options: ContainerPoolOptions) {
    if (!(Number.isInteger(options.limit) && options.limit >= 1)) {
      throw new RangeError(`Expected the limit of containers to be a whole number from 1 up, got ${options.limit}.`);
    }
    this.#options = options;
    this.#stopListening = options.clock.onAdvance(() => this.#setClocks());
  }

  /** Sets the clock of all containers, those to come included, ahead of the cloud's by so many milliseconds, or behind it. */
  setClockSkew(ms: number): void {
    this.#clockSkewMs = ms;
    this.#setClocks();
  }

  /** Containers that are alive now. */
  get size(): number {
    return this.#containers.size;
  }

  /** Runs an invocation on a free container, on a new one, or when one gets free. */
  async invoke(invocation: Invocation): Promise<Outcome> {
    const container = await this.#claim();
    try {
      return await container.invoke(invocation);
    } finally {
      this.#claimed.delete(container);
      if (container.ended) {
        this.#end(container);
      }
      this.#waiting.shift()?.();
    }
  }

  /** Ends every container at once, as when a machine dies: running invocations fail. New ones start afresh. */
  async crashAll(): Promise<void> {
    for (const container of this.#containers) {
      this.#end(container);
    }
    await Promise.all(this.#ending);
  }

  /** Ends every container; invocations in line fail. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopListening();
    await this.crashAll();
    for (const wake of this.#waiting.splice(0)) {
      wake();
    }
  }

  async #claim(): Promise<Container> {
    for (;;) {
      if (this.#stopped) {
        throw new Error('Expected a running embedded cloud: its containers were stopped.');
      }
      for (const dead of [...this.#containers].filter((container) => container.ended)) {
        this.#end(dead);
      }
      const free = [...this.#containers].find((container) => !this.#claimed.has(container));
      const container = free ?? (this.#containers.size < this.#options.limit ? this.#start() : null);
      if (container !== null) {
        this.#claimed.add(container);
        return container;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #setClocks(): void {
    for (const container of this.#containers) {
      container.setClockOffset(this.#options.clock.offsetMs + this.#clockSkewMs);
    }
  }

  #start(): Container {
    const { clock, environment, log } = this.#options;
    const container = new Container({ environment, log, clockOffsetMs: clock.offsetMs + this.#clockSkewMs });
    this.#containers.add(container);
    return container;
  }

  #end(container: Container): void {
    this.#containers.delete(container);
    const ending = container.stop().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}
