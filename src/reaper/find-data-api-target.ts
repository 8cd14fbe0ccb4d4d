import type { SlotkeeperConfig } from '../config/slotkeeper-config.ts';
import { type DataApiTarget, isDataApiTarget } from '../config/target-config.ts';
import { EngineMismatch } from './errors/engine-mismatch.ts';
import { findTarget } from './find-target.ts';

/**
 * The target of that name, which must be one that is asked through the Data API.
 *
 * @throws TargetUnknown with the names that there are
 * @throws EngineMismatch when it is of another engine
 */
export function findDataApiTarget(config: SlotkeeperConfig, name: string): DataApiTarget {
  const target = findTarget(config, name);
  if (!isDataApiTarget(target)) {
    throw new EngineMismatch(target, 'a Redshift cluster or workgroup');
  }
  return target;
}
