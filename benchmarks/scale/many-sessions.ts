import { formatCount, formatTime } from '../harness/format-figure.ts';
import type { Table } from '../harness/report.ts';
import { sweep } from './sweep.ts';
import { percent } from './sweep-tables.ts';
import { PARTITION_LIMITS } from './table/capacity.ts';

const SESSIONS = [20, 100, 500];
/** So few that what they write does not hide what the run writes. */
const TENANTS = { count: 10, queriesPerSecond: 1 };

/** One run that ends ever more sessions: all that it writes is under the key of its target. */
export async function manySessionsTable(seed: number): Promise<Table> {
  const rows: string[][] = [];
  for (const sessions of SESSIONS) {
    const { seconds, writes, reads } = await sweep({
      ...{ seed, targets: 1, sessions, work: 'ends', warmUpSeconds: 30, tenants: TENANTS },
      startOf: () => ({ afterMs: 0 }),
    });
    rows.push([
      formatCount(sessions),
      formatTime(seconds * 1000),
      `${formatCount(writes.hottest.busiest)} (${percent(writes.hottest.busiest / PARTITION_LIMITS.writes)})`,
      `${formatCount(reads.hottest.busiest)} (${percent(reads.hottest.busiest / PARTITION_LIMITS.reads)})`,
      writes.hottest.key,
    ]);
  }
  return {
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
      'The simulated table never throttles. DynamoDB would throttle what is above 100 %, and the SDK would try it again a little later.',
    ],
  };
}
