import { existsSync } from 'node:fs';
import { loadConfig } from '../src/config/load-config.ts';
import type { SlotkeeperConfig, TargetConfig } from '../src/config/slotkeeper-config.ts';
import { arnOf, type cloudNames } from './cloud-names.ts';
import type { EventBus } from './event-bridge/event-bus.ts';

/** The state machine that runs a target, by the target's engine. */
export const MACHINE_OF_ENGINE = {
  redshift: 'reap-redshift-sessions',
  'redshift-serverless': 'reap-redshift-sessions',
  postgres: 'reap-postgres-sessions',
} as const;

/**
 * A configuration; null: there is none.
 *
 * @param named whether somebody asked for that file; without that it need not exist
 * @throws InvalidConfig and what else `loadConfig` throws
 */
export function readConfigFile(configPath: string, named: boolean): SlotkeeperConfig | null {
  return named || existsSync(configPath) ? loadConfig(configPath) : null;
}

/** Puts one rule per scheduled target, which starts the target's state machine. */
export function putScheduleRules(
  bus: EventBus,
  names: ReturnType<typeof cloudNames>,
  targets: readonly TargetConfig[],
  enabled: boolean,
): void {
  for (const target of targets) {
    if (target.schedule === null) {
      continue;
    }
    const name = names.scheduleRule(target.name);
    bus.rules.put({
      name,
      state: enabled && target.enabled ? 'ENABLED' : 'DISABLED',
      description: `Runs ${target.name} on its schedule.`,
      scheduleExpression: target.schedule,
    });
    const machine = names.stateMachine(MACHINE_OF_ENGINE[target.engine]);
    const Input = JSON.stringify({ target: target.name, dryRun: false });
    bus.refresh(bus.rules.putTargets(name, [{ Id: 'run', Arn: arnOf('states', `stateMachine:${machine}`), Input }]));
  }
}
