import type { SlotkeeperConfig, TargetConfig } from '../config/slotkeeper-config.ts';
import { TargetUnknown } from './errors/target-unknown.ts';

/**
 * The target of that name.
 *
 * @throws TargetUnknown with the names that there are
 */
export function findTarget(config: SlotkeeperConfig, name: string): TargetConfig {
  // Only own keys: `constructor` is no target.
  const target = Object.hasOwn(config.targets, name) ? config.targets[name] : undefined;
  if (target === undefined) {
    throw new TargetUnknown(name, Object.keys(config.targets));
  }
  return target;
}
