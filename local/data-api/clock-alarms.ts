import type { VirtualClock } from '../virtual-clock.ts';

interface Alarm {
  readonly dueAt: number;
  readonly action: () => void | Promise<void>;
  timer: NodeJS.Timeout | undefined;
}

/** Longest delay that Node's timers take without overflowing (2^31 - 1 ms, nearly 25 days). */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Alarms on the cloud's clock: they ring when real time gets there, and at once when the clock is advanced past them.
 * `VirtualClock.advance` resolves only after the actions of the alarms that it made due are done.
 */
export class ClockAlarms {
  readonly #clock: VirtualClock;
  readonly #onError: (error: unknown) => void;
  readonly #pending = new Set<Alarm>();
  readonly #sleepers = new Set<() => void>();
  readonly #stopListening: () => void;

  /** @param onError told about an action that failed when a real timer rang it, where nobody awaits it */
  constructor(clock: VirtualClock, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#onError = onError;
    this.#stopListening = clock.onAdvance(async () => {
      const due = [...this.#pending].filter((alarm) => alarm.dueAt <= clock.now().getTime());
      // The others have come nearer too: their timers still count the time before the jump.
      for (const alarm of this.#pending) if (!due.includes(alarm)) this.#arm(alarm);
      due.sort((a, b) => a.dueAt - b.dueAt);
      await Promise.all(due.map((alarm) => this.#ring(alarm)));
    });
  }

  /**
   * @param moment when to ring, in milliseconds of the cloud's clock since 1970
   * @returns a function that takes the alarm back
   */
  at(moment: number, action: () => void | Promise<void>): () => void {
    const alarm: Alarm = { dueAt: moment, action, timer: undefined };
    this.#pending.add(alarm);
    this.#arm(alarm);
    return () => this.#disarm(alarm);
  }

  /** Resolves after so many milliseconds of the cloud's clock, or as soon as the signal aborts. */
  after(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener('abort', wake);
        this.#sleepers.delete(wake);
        takeBack();
        resolve();
      };
      const takeBack = this.at(this.#clock.now().getTime() + ms, wake);
      this.#sleepers.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** Takes every alarm back and stops listening to the clock. Who still waits never wakes. */
  stop(): void {
    this.#stopListening();
    for (const alarm of [...this.#pending]) this.#disarm(alarm);
  }

  /** The same, and wakes who still waits. */
  close(): void {
    this.stop();
    for (const wake of [...this.#sleepers]) wake();
  }

  #arm(alarm: Alarm): void {
    clearTimeout(alarm.timer);
    const delay = Math.min(Math.max(alarm.dueAt - this.#clock.now().getTime(), 0), LONGEST_TIMER_MS);
    alarm.timer = setTimeout(() => {
      // Node's timers may ring a millisecond early, and long delays are split.
      if (alarm.dueAt > this.#clock.now().getTime()) this.#arm(alarm);
      else this.#ring(alarm).catch(this.#onError);
    }, delay);
    // An idle session's keep-alive is no reason for the process to stay.
    alarm.timer.unref();
  }

  #disarm(alarm: Alarm): void {
    clearTimeout(alarm.timer);
    this.#pending.delete(alarm);
  }

  async #ring(alarm: Alarm): Promise<void> {
    if (!this.#pending.has(alarm)) return;
    this.#disarm(alarm);
    await alarm.action();
  }
}
