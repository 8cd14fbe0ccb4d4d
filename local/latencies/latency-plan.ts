import { setTimeout as wait } from 'node:timers/promises';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { SlotkeeperError } from '../../src/errors/slotkeeper-error.ts';

/** State machines reach it without HTTP: it asks for its latency itself. */
const DATA_API = 'redshift-data';

/** Times that the embedded cloud takes on top of its own. Milliseconds. */
export interface LatencySettings {
  /** Before a call over HTTP is served, by service, e.g. `{ 'redshift-data': 20, dynamodb: 5 }`. @default none */
  readonly calls?: Readonly<Record<string, number>>;
  /** To open a backend for the Data API: any time between these two, all equally likely. @default none */
  readonly connection?: { readonly from: number; readonly to: number };
  /** The same seed gives the same series of connection times. @default 1 */
  readonly seed?: number;
}

/** A latency that is no time, or one of a service that is not there. */
export class LatencyInvalid extends SlotkeeperError {
  constructor(expected: string, got: string) {
    super('LatencyInvalid', `Expected ${expected}, got ${got}.`);
  }
}

/** How much longer the embedded cloud takes than it needs, as switched on at present. */
export class LatencyPlan {
  #services: readonly string[] = [];
  #settings: LatencySettings = {};
  #random: () => number = () => 0;

  /** Says which services there are. */
  know(services: readonly string[]): void {
    this.#services = services;
  }

  /**
   * Replaces all that was switched on before; calls that are under way keep what they met.
   *
   * @throws LatencyInvalid when a time is negative or a service unknown
   */
  set(settings: LatencySettings): void {
    const { calls = {}, connection, seed = 1 } = settings;
    for (const [service, ms] of Object.entries(calls)) {
      if (!this.#services.includes(service)) {
        throw new LatencyInvalid(`a latency of one of ${this.#services.join(', ')}`, `'${service}'`);
      }
      requireTime(`of calls of ${service}`, ms);
    }
    if (connection !== undefined) {
      requireTime('of a connection, from', connection.from);
      requireTime('of a connection, to', connection.to);
      if (connection.from > connection.to) {
        throw new LatencyInvalid(
          `the latency of a connection to be at least ${connection.from} ms`,
          `${connection.to}`,
        );
      }
    }
    this.#settings = settings;
    const generator = xoroshiro128plus(seed);
    this.#random = () => uniformFloat64(generator);
  }

  /** Switches all off. */
  clear(): void {
    this.#settings = {};
  }

  /** Milliseconds before a call of the Data API is served. */
  ofDataApiCall(): number {
    return this.#settings.calls?.[DATA_API] ?? 0;
  }

  /** Milliseconds that the next connection takes longer: the next of the series. */
  ofConnection(): number {
    const { connection } = this.#settings;
    return connection === undefined ? 0 : connection.from + (connection.to - connection.from) * this.#random();
  }

  /** Waits, on the machine's clock, before a call of another service than the Data API is served. */
  async beforeCall(service: string): Promise<void> {
    const ms = service === DATA_API ? 0 : (this.#settings.calls?.[service] ?? 0);
    if (ms > 0) {
      await wait(ms);
    }
  }
}

function requireTime(what: string, ms: number): void {
  if (!(Number.isFinite(ms) && ms >= 0)) {
    throw new LatencyInvalid(`the latency ${what} to be 0 ms or more`, String(ms));
  }
}
