import { formatCount, formatTime } from '../harness/format-figure.ts';
import type { Table } from '../harness/report.ts';
import { WrongResult } from '../harness/wrong-result.ts';
import { sweep } from './sweep.ts';
import { partOfPartition, percent } from './sweep-tables.ts';
import { PARTITION_LIMITS } from './table/capacity.ts';

const SESSIONS = [20, 100, 500, 2_000];
/** So few that what they write does not hide what the run writes. */
const TENANTS = { count: 10, queriesPerSecond: 1 };

/**
 * One run that ends ever more sessions: all that it writes is under the key of its target.
 *
 * @returns also `partition`, the largest part of a partition's limits that one of these runs took in a second
 */
export async function manySessionsTable(seed: number): Promise<{ table: Table; partition: number }> {
  const rows: string[][] = [];
  let partition = 0;
  for (const sessions of SESSIONS) {
    const { seconds, writes, reads, failed } = await sweep({
      ...{ seed, targets: 1, sessions, work: 'ends', warmUpSeconds: 30, tenants: TENANTS },
      startOf: () => ({ afterMs: 0 }),
    });
    const [failure] = Object.keys(failed);
    if (failure !== undefined) {
      throw new WrongResult(`a run that ends ${sessions} sessions`, 'to succeed', failure);
    }
    partition = Math.max(partition, partOfPartition({ writes, reads }));
    rows.push([
      formatCount(sessions),
      formatTime(seconds * 1000),
      `${formatCount(writes.hottest.busiest)} (${percent(writes.hottest.busiest / PARTITION_LIMITS.writes)})`,
      `${formatCount(reads.hottest.busiest)} (${percent(reads.hottest.busiest / PARTITION_LIMITS.reads)})`,
      writes.hottest.key,
    ]);
  }
  const table: Table = {
    caption: 'One target: a run that ends many sessions, the busiest second of a partition key',
    columns: [
      { header: 'sessions ended' },
      { header: 'run' },
      { header: 'WCU (of 1,000)' },
      { header: 'RCU (of 3,000)' },
      { header: 'key', align: 'left' },
    ],
    rows,
    notes: [
      'The functions pace what they read and write. The simulated table never throttles; DynamoDB would throttle what is above 100 %.',
    ],
  };
  return { table, partition };
}
