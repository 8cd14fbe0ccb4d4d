import type { Random } from './random.ts';
import { Trace } from './trace.ts';

interface Happening {
  readonly at: number;
  readonly rank: number;
  readonly label: string;
  readonly act: () => void;
}

/**
 * Virtual time and the only source of order: everything that happens is put in here with a delay and taken out one by
 * one, by its time and, at the same time, by a rank drawn from the seed. Between two happenings all code that waits for
 * nothing else runs to its next wait, and then `onStep` looks at the world.
 */
export class Scheduler {
  readonly random: Random;
  readonly trace: Trace;
  readonly begunAt: number;
  steps = 0;
  onStep: () => void = () => undefined;
  readonly #heap: Happening[] = [];
  #now: number;

  constructor(random: Random, trace = new Trace(), start = '2026-11-20T15:00:00.000Z') {
    this.random = random;
    this.trace = trace;
    this.begunAt = Date.parse(start);
    this.#now = this.begunAt;
  }

  /** True time, epoch milliseconds; what a process believes is its own clock's matter. */
  get now(): number {
    return this.#now;
  }

  /** @param label stands in the trace; empty: it is no news */
  after(delayMs: number, label: string, act: () => void): void {
    this.#push({ at: this.#now + Math.max(0, Math.round(delayMs)), rank: this.random.next(), label, act });
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, '', resolve));
  }

  note(text: string): void {
    this.trace.add(`${((this.#now - this.begunAt) / 1000).toFixed(3).padStart(11)} ${text}`);
  }

  /** Lets happen what is due until then. */
  async run(until: number, isOver: () => boolean = () => false): Promise<void> {
    await settled();
    for (let next = this.#heap[0]; next !== undefined && next.at <= until && !isOver(); next = this.#heap[0]) {
      this.#pop();
      this.#now = next.at;
      this.steps += 1;
      if (next.label !== '') {
        this.note(next.label);
      }
      next.act();
      await settled();
      this.onStep();
    }
    this.#now = Math.max(this.#now, until);
  }

  #isBefore(a: Happening, b: Happening): boolean {
    return a.at === b.at ? a.rank < b.rank : a.at < b.at;
  }

  #push(happening: Happening): void {
    const heap = this.#heap;
    heap.push(happening);
    for (let index = heap.length - 1; index > 0; ) {
      const above = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, above)) {
        return;
      }
      index = above;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) {
      return;
    }
    heap[0] = last;
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const [one, other] = [heap[left], heap[left + 1]];
      if (one === undefined) {
        return;
      }
      const least = other !== undefined && this.#isBefore(other, one) ? left + 1 : left;
      if (!this.#swapIfBefore(least, index)) {
        return;
      }
      index = least;
    }
  }

  #swapIfBefore(low: number, high: number): boolean {
    const [a, b] = [this.#heap[low], this.#heap[high]];
    if (a === undefined || b === undefined || !this.#isBefore(a, b)) {
      return false;
    }
    this.#heap[low] = b;
    this.#heap[high] = a;
    return true;
  }
}

/** A turn of the event loop: every microtask runs, those that they begin included. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
