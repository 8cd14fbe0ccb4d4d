import type { PostgresTarget } from '../../src/config/target-config.ts';
import { exampleTarget } from './example-target.ts';

/** A PostgreSQL server of this machine as a target, with no rules. */
export function examplePostgresTarget(changes: Partial<PostgresTarget> = {}): PostgresTarget {
  const { schedule, enabled, slots, caps, pressure, sanity, thrash, rules } = exampleTarget();
  return {
    name: 'orders',
    engine: 'postgres',
    host: '127.0.0.1',
    port: 5432,
    database: 'postgres',
    user: 'slotkeeper',
    auth: { kind: 'url-password' },
    tls: { mode: 'off' },
    vpc: null,
    schedule,
    enabled,
    slots,
    caps,
    pressure,
    sanity,
    thrash,
    rules,
    pool: null,
    ...changes,
  };
}
