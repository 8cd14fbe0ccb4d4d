import { DirectWarehouseFailed, type ServerPlace, saidBy } from './direct-warehouse-failed.ts';

/** The server has no connection slot left for this user (SQLSTATE 53300). */
export class NoSlotLeft extends DirectWarehouseFailed {
  constructor({ target, host, port, user }: ServerPlace, code: string | null, cause: unknown) {
    super(
      'NoSlotLeft',
      `Expected ${host}:${port} (target '${target}') to have a slot left for ${user}; it has none (${saidBy(code, cause)}). When all ordinary slots are taken only reserved ones are left: for superusers (superuser_reserved_connections), and on PostgreSQL 16 and later for members of pg_use_reserved_connections. Give it that: GRANT pg_use_reserved_connections TO the user, and set reserved_connections to 2 or more (RDS and Aurora: rds_superuser is a member). Before PostgreSQL 16 only a superuser gets in. Or the user or database has a CONNECTION LIMIT that is reached: ALTER ROLE … CONNECTION LIMIT.`,
      { code, cause },
    );
  }
}
