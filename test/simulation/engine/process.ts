import type { Scheduler } from './scheduler.ts';

/** Waits for ever: what a dead process does. */
const NEVER = new Promise<never>(() => undefined);

/** One answer that comes late, as to a process that is paused while it waits. */
export interface Stall {
  /** Part of the names of the calls that are counted; empty: all. */
  readonly calls: string;
  /** The answer to which of them is late, from 1. */
  readonly nth: number;
  readonly forMs: number;
  /** Told when the call is made. */
  readonly begins: () => void;
}

/**
 * A process of Slotkeeper: a Lambda invocation or a tenant's container. It has a clock of its own, and it may die at
 * any await; what it has sent by then arrives all the same.
 */
export class SimulatedProcess {
  readonly name: string;
  readonly #scheduler: Scheduler;
  /** Milliseconds by which its clock is ahead of the true time. */
  readonly skewMs: number;
  /** Calls until it dies; infinite: it lives. */
  callsLeft: number;
  /** By how many milliseconds at most every answer to it is late. */
  lateByMs = 0;
  stall: Stall | null = null;
  #counted = 0;
  #dead = false;
  #onDeath: (() => void) | null = null;

  constructor(scheduler: Scheduler, name: string, skewMs: number, callsLeft = Number.POSITIVE_INFINITY) {
    this.#scheduler = scheduler;
    this.name = name;
    this.skewMs = skewMs;
    this.callsLeft = callsLeft;
  }

  readonly now = (): Date => new Date(this.#scheduler.now + this.skewMs);

  get isDead(): boolean {
    return this.#dead;
  }

  die(): void {
    if (!this.#dead) {
      this.#dead = true;
      this.#scheduler.note(`${this.name} dies`);
      this.#onDeath?.();
    }
  }

  /** @param listener told once, at its death */
  onDeath(listener: () => void): void {
    this.#onDeath = listener;
  }

  /** Sleeps by virtual time; a dead process never wakes. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      let isDone = false;
      const wake = () => {
        if (!isDone && !this.#dead) {
          isDone = true;
          resolve();
        }
      };
      this.#scheduler.after(ms, '', wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** By how much the answer to this call is late, milliseconds. */
  lateness(method: string): number {
    const usual = this.lateByMs === 0 ? 0 : this.#scheduler.random.between(0, this.lateByMs);
    if (this.stall === null || !method.includes(this.stall.calls)) {
      return usual;
    }
    this.#counted += 1;
    if (this.#counted !== this.stall.nth) {
      return usual;
    }
    this.#scheduler.note(`${this.name} is paused at ${method}`);
    this.stall.begins();
    return this.stall.forMs;
  }

  /** Counts a call; at the last one the process dies, `before`: without making it. */
  spend(): boolean {
    this.callsLeft -= 1;
    if (this.callsLeft <= 0) {
      this.die();
    }
    return !this.#dead;
  }

  /** What an answer is to it: nothing, once it is dead. */
  async hear<T>(answer: Promise<T>): Promise<T> {
    try {
      const value = await answer;
      return this.#dead ? await NEVER : value;
    } catch (error) {
      if (this.#dead) {
        return await NEVER;
      }
      throw error;
    }
  }
}
