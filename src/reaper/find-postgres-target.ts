import type { SlotkeeperConfig } from '../config/slotkeeper-config.ts';
import type { PostgresTarget } from '../config/target-config.ts';
import { EngineMismatch } from './errors/engine-mismatch.ts';
import { findTarget } from './find-target.ts';

/**
 * The target of that name, which must be a PostgreSQL server.
 *
 * @throws TargetUnknown with the names that there are
 * @throws EngineMismatch when it is of another engine
 */
export function findPostgresTarget(config: SlotkeeperConfig, name: string): PostgresTarget {
  const target = findTarget(config, name);
  if (target.engine !== 'postgres') {
    throw new EngineMismatch(target, 'a PostgreSQL server');
  }
  return target;
}
