import type { VirtualClock } from '../virtual-clock.ts';
import type { Schedule } from './schedule-expression.ts';

/** The longest delay that `setTimeout` takes, milliseconds. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The two functions of a timer, so that a test can hold time still. */
export interface Timers {
  set(callback: () => void, ms: number): NodeJS.Timeout;
  clear(timer: NodeJS.Timeout | undefined): void;
}

const MACHINE_TIMERS: Timers = { set: setTimeout, clear: clearTimeout };

interface Entry {
  readonly schedule: Schedule;
  readonly fire: (due: Date) => void;
  due: Date | null;
}

/**
 * Fires schedules on the cloud's clock. A jump of the clock past several due times of one schedule fires it once, as a
 * machine that slept would; a firing does not wait for the one before it.
 */
export class Scheduler {
  readonly #clock: VirtualClock;
  readonly #timers: Timers;
  readonly #entries = new Map<string, Entry>();
  readonly #stopListening: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: VirtualClock, timers: Timers = MACHINE_TIMERS) {
    this.#clock = clock;
    this.#timers = timers;
    this.#stopListening = clock.onAdvance(() => this.#look());
  }

  /** Puts a schedule in force from now on, in place of one of the same name. */
  set(name: string, schedule: Schedule, fire: (due: Date) => void): void {
    this.#entries.set(name, { schedule, fire, due: schedule.next(this.#clock.now()) });
    this.#look();
  }

  remove(name: string): void {
    this.#entries.delete(name);
    this.#look();
  }

  /** No schedule fires afterwards. Idempotent. */
  stop(): void {
    this.#stopListening();
    this.#entries.clear();
    this.#timers.clear(this.#timer);
  }

  /** Fires what is due and sets the timer to what is due next. */
  #look(): void {
    this.#timers.clear(this.#timer);
    const now = this.#clock.now();
    for (const entry of this.#entries.values()) {
      if (entry.due !== null && entry.due <= now) {
        const { due } = entry;
        entry.due = dueAfter(entry.schedule, due, now);
        entry.fire(due);
      }
    }
    const next = Math.min(
      ...[...this.#entries.values()].map((entry) => entry.due?.getTime() ?? Number.POSITIVE_INFINITY),
    );
    if (Number.isFinite(next)) {
      const ms = Math.max(0, next - this.#clock.now().getTime());
      this.#timer = this.#timers.set(() => this.#look(), Math.min(ms, LONGEST_TIMER_MS));
    }
  }
}

/** The next due time that still lies ahead: a rate keeps its step, missed steps are left out. */
function dueAfter(schedule: Schedule, due: Date, now: Date): Date | null {
  let next = schedule.next(due);
  if (next !== null && next <= now) {
    const step = next.getTime() - due.getTime();
    const missed = Math.floor((now.getTime() - due.getTime()) / step);
    next = schedule.next(new Date(due.getTime() + (missed - 1) * step));
  }
  while (next !== null && next <= now) {
    next = schedule.next(next);
  }
  return next;
}
