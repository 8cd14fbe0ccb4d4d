import type pg from 'pg';
import { userOf } from './contender.ts';

const PAUSE_MS = 20;

/**
 * The most backends of a tenant that the server was seen to have while this work went on.
 *
 * @returns what the work returned, and that number
 */
export async function watchBackends<T>(
  admin: pg.Client,
  tenant: string,
  work: () => Promise<T>,
): Promise<{ result: T; most: number }> {
  const text = 'select count(*)::int as backends from pg_stat_activity where usename = $1';
  let isDone = false;
  let most = 0;
  const look = async () => {
    const { rows } = await admin.query<{ backends: number }>(text, [userOf(tenant)]);
    most = Math.max(most, rows[0]?.backends ?? 0);
  };
  const looking = (async () => {
    while (!isDone) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  })();
  try {
    const result = await work();
    await look();
    return { result, most };
  } finally {
    isDone = true;
    await looking;
  }
}
