import { RateMeter } from '../account/rate-meter.ts';

const WRITE_UNIT_BYTES = 1_024;
const READ_UNIT_BYTES = 4_096;

/** What one partition takes per second (DynamoDB guide, "Best practices for designing and using partition keys"). */
export const PARTITION_LIMITS = { writes: 1_000, reads: 3_000 } as const;

/** One write unit: up to 1 KB. */
export function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));
}

/** One read unit: up to 4 KB read strongly, or 8 KB read from an index. */
export function readUnits(bytes: number, isStrong: boolean): number {
  return Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)) * (isStrong ? 1 : 0.5);
}

/** Capacity units of one kind, in all and by partition key. */
export class Capacity {
  readonly #now: () => number;
  #keys = new Map<string, RateMeter>();
  all: RateMeter;
  calls = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.all = new RateMeter(now);
  }

  reset(): void {
    this.#keys = new Map();
    this.all = new RateMeter(this.#now);
    this.calls = 0;
  }

  use(key: string, units: number): void {
    const meter = this.#keys.get(key) ?? new RateMeter(this.#now);
    this.#keys.set(key, meter);
    meter.add(units);
    this.all.add(units);
  }

  /** The key with the busiest second. */
  hottest(): { readonly key: string; readonly busiest: number } {
    return [...this.#keys].reduce(
      (hottest, [key, { busiest }]) => (busiest > hottest.busiest ? { key, busiest } : hottest),
      {
        key: '-',
        busiest: 0,
      },
    );
  }
}
