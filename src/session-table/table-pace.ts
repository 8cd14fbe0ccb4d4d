import { createTokenBucket, type TokenBucketClock } from '../pacing/token-bucket.ts';

/** A write unit is a kibibyte of an item, begun; a strong read's unit four (DynamoDB guide, "Read and write capacity"). */
const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4 * 1024;

/**
 * Units that a second of one process has. One partition takes 1,000 write units and 3,000 read units of all together
 * (DynamoDB guide, "Best practices for designing and using partition keys effectively"), and all that a run reads and
 * writes is under its target's key: over hundreds of sessions it would be throttled, and fail for what is throttled too
 * often.
 */
const WRITES_PER_SECOND = 800;
const READS_PER_SECOND = 2_400;

/** What may go at once after a rest, as a part of a second: little, so that no second has much more than its units. */
const AT_ONCE = 1 / 8;

/** Waits until the table's partition can take more of this process. */
export interface TablePace {
  /** Before an item of so many bytes is written. */
  write(bytes: number): Promise<void>;
  /** Before so many items are read strongly, of which nearly all are small. */
  readItems(items: number): Promise<void>;
  /** After so many bytes were read strongly, which nobody knows before. */
  readBytes(bytes: number): Promise<void>;
}

/** The pace of one process, whose calls all go to one partition at worst. */
export function createTablePace(clock: TokenBucketClock): TablePace {
  const writes = createTokenBucket(WRITES_PER_SECOND, clock, WRITES_PER_SECOND * AT_ONCE);
  const reads = createTokenBucket(READS_PER_SECOND, clock, READS_PER_SECOND * AT_ONCE);
  return {
    write: (bytes) => writes.take(Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES))),
    readItems: (items) => reads.take(items),
    readBytes: (bytes) => reads.take(Math.ceil(bytes / READ_UNIT_BYTES)),
  };
}

/** Whoever is alone with its table, as on a laptop, need not wait. */
export const NO_PACE: TablePace = {
  write: async () => undefined,
  readItems: async () => undefined,
  readBytes: async () => undefined,
};
