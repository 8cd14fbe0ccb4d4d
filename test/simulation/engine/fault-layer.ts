import type { SimulatedProcess } from './process.ts';
import type { Scheduler } from './scheduler.ts';

/** What goes wrong with a call of a port. */
export const FAULTS = [
  'throttled',
  'error-before',
  'error-after',
  'answer-lost',
  'slow-answer',
  'stale-index',
] as const;

export type FaultKind = (typeof FAULTS)[number];

/** The errors that a port shows for a call that was not done, and for one of which nobody knows. */
export interface PortErrors {
  readonly throttled: (method: string) => Error;
  readonly refused: (method: string) => Error;
  readonly unknown: (method: string) => Error;
  /** Whether its client sends a call again by itself that got no answer. */
  readonly resends: boolean;
}

/** How often a call meets each fault, from 0 to 1. */
export type FaultRates = Readonly<Record<FaultKind, number>>;

export const NO_FAULTS: FaultRates = {
  throttled: 0,
  'error-before': 0,
  'error-after': 0,
  'answer-lost': 0,
  'slow-answer': 0,
  'stale-index': 0,
};

/** A request is under way for at most this long: less than the grace that leases have for it. */
const REQUEST_MS = 700;
const ANSWER_MS = 300;
const SLOW_ANSWER_MS = 20_000;
/** An SDK waits this long for an answer before it gives up. */
const LOST_AFTER_MS = 5_000;

type Method = (...args: never[]) => Promise<unknown>;

/**
 * Puts distance and misfortune between a process and its ports: a call takes time to arrive, has its effect at one
 * moment, and its answer takes time to come back, if it does.
 */
export class FaultLayer {
  readonly #scheduler: Scheduler;
  rates: FaultRates;
  /** How many of each were met. */
  readonly injected: Record<string, number> = {};

  constructor(scheduler: Scheduler, rates: FaultRates) {
    this.#scheduler = scheduler;
    this.rates = rates;
  }

  count(kind: string): void {
    this.injected[kind] = (this.injected[kind] ?? 0) + 1;
  }

  /** Whether an index read is to answer as of a while ago. */
  isStale(): boolean {
    const isStale = this.#scheduler.random.chance(this.rates['stale-index']);
    if (isStale) {
      this.count('stale-index');
    }
    return isStale;
  }

  /** The same port, as this process reaches it. Methods that are not asynchronous commands are to be left out. */
  between<Port extends object>(process: SimulatedProcess, port: Port, name: string, errors: PortErrors): Port {
    return new Proxy(port, {
      get: (target, property, receiver) => {
        const method: unknown = Reflect.get(target, property, receiver);
        return typeof method === 'function'
          ? (...args: never[]) =>
              this.#call(process, `${name}.${String(property)}`, errors, () => (method as Method).apply(target, args))
          : method;
      },
    });
  }

  #call(
    process: SimulatedProcess,
    method: string,
    errors: PortErrors,
    effect: () => Promise<unknown>,
  ): Promise<unknown> {
    const { random } = this.#scheduler;
    if (process.isDead) {
      return process.hear(Promise.resolve());
    }
    const fault = this.#draw();
    const request = random.between(1, random.chance(0.1) ? REQUEST_MS : 60);
    const answer = random.between(1, random.chance(0.1) ? ANSWER_MS : 60) + process.lateness(method);
    const label = `${process.name} ${method}${fault === null ? '' : ` [${fault}]`}`;
    const done = new Promise<unknown>((resolve, reject) => {
      const later = (ms: number, act: () => void) => this.#scheduler.after(ms, '', act);
      this.#scheduler.after(request, label, () => {
        if (fault === 'throttled' || fault === 'error-before') {
          const error = fault === 'throttled' ? errors.throttled(method) : errors.refused(method);
          later(answer, () => reject(error));
          return;
        }
        effect().then(
          (value) => {
            if (fault === 'answer-lost' && errors.resends) {
              later(LOST_AFTER_MS, () => effect().then(resolve, reject));
            } else if (fault === 'error-after' || fault === 'answer-lost') {
              later(answer, () => reject(errors.unknown(method)));
            } else {
              later(fault === 'slow-answer' ? random.between(1_000, SLOW_ANSWER_MS) : answer, () => resolve(value));
            }
          },
          (error: unknown) => later(answer, () => reject(error)),
        );
      });
    });
    process.spend();
    return process.hear(done);
  }

  #draw(): FaultKind | null {
    const drawn = this.#scheduler.random.next();
    let sum = 0;
    for (const kind of FAULTS) {
      sum += kind === 'stale-index' ? 0 : this.rates[kind];
      if (drawn < sum) {
        this.count(kind);
        return kind;
      }
    }
    return null;
  }
}
