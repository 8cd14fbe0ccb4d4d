import type { RedshiftServer } from '../redshift/redshift-server.ts';

/**
 * Asks the server itself, through a slot that it reserves for superusers, how the slots of ordinary users stand.
 * `rdsdb` is the embedded cluster's own session, on a slot of its own.
 */
export async function countSlots(server: RedshiftServer): Promise<{ limit: number; taken: number }> {
  const admin = await server.connect({
    user: server.superuser,
    database: server.database,
    applicationName: 'demo-count',
  });
  try {
    const { rows } = await admin.query<{ limit: number; taken: number }>(
      `select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                - (select count(*)::int from pg_stat_activity where usename = 'rdsdb') as limit,
              (select count(*)::int from pg_stat_activity
                where backend_type = 'client backend' and usename not in (current_user, 'rdsdb')) as taken`,
    );
    const [row] = rows;
    if (row === undefined) {
      throw new Error('Expected one row about the slots of the server, got none.');
    }
    return row;
  } finally {
    await admin.end();
  }
}
