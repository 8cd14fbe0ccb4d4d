import * as z from 'zod';
import type { Slots } from '../../policy/slots.ts';
import type { DirectWarehouse } from '../../warehouse/direct-warehouse.ts';

/** `reserved_connections` is known since PostgreSQL 16 (its release notes). */
const SLOTS_SQL = `select current_setting('max_connections')::int4 as max_connections,
  current_setting('superuser_reserved_connections')::int4 as for_superusers,
  coalesce(current_setting('reserved_connections', true), '0')::int4 as for_others`;

const row = z.object({ max_connections: z.number(), for_superusers: z.number(), for_others: z.number() });

/** Asks a PostgreSQL server how many slots it has, and how many of them it keeps from ordinary users. */
export async function askSlots(server: DirectWarehouse): Promise<Pick<Slots, 'limit' | 'reserved'>> {
  const [answer] = await server.query(SLOTS_SQL, []);
  const { max_connections, for_superusers, for_others } = row.parse(answer);
  return { limit: max_connections, reserved: for_superusers + for_others };
}
