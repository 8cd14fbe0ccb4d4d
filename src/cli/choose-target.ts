import { closest } from 'fastest-levenshtein';
import type { SlotkeeperConfig, TargetConfig } from '../config/slotkeeper-config.ts';
import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** slotkeeper.yml has several targets and the command line names none. */
export class TargetMissing extends SlotkeeperError {
  constructor(names: readonly string[], configPath: string) {
    super(
      'TargetMissing',
      `${configPath} has ${names.length} targets: ${names.join(', ')}. Pass --target with one of them.`,
    );
  }
}

/** The command line names a target that slotkeeper.yml does not have. */
export class TargetNotConfigured extends SlotkeeperError {
  constructor(name: string, names: readonly string[], configPath: string) {
    super(
      'TargetNotConfigured',
      `Expected --target to be one of ${configPath}: ${names.join(', ')}; got "${name}". Did you mean ${closest(name, names)}?`,
    );
  }
}

/**
 * The target that a command is about: the named one, or the only one there is.
 *
 * @param name what `--target` says; undefined: it was not given
 * @throws TargetMissing TargetNotConfigured
 */
export function chooseTarget(config: SlotkeeperConfig, configPath: string, name: string | undefined): TargetConfig {
  const names = Object.keys(config.targets);
  if (name === undefined && names.length > 1) {
    throw new TargetMissing(names, configPath);
  }
  const wanted = name ?? names[0] ?? '';
  // Only own keys: `constructor` is no target.
  const target = Object.hasOwn(config.targets, wanted) ? config.targets[wanted] : undefined;
  if (target === undefined) {
    throw new TargetNotConfigured(wanted, names, configPath);
  }
  return target;
}
