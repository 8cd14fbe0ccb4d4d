import { existsSync } from 'node:fs';
import { loadConfig } from '../src/config/load-config.ts';
import { arnOf, type cloudNames } from './cloud-names.ts';
import type { EventBus } from './event-bridge/event-bus.ts';

/** The state machine that runs a target, by the target's engine. */
const MACHINE_OF_ENGINE = { redshift: 'reap-redshift-sessions' } as const;

export interface ScheduleRulesOptions {
  readonly bus: EventBus;
  readonly names: ReturnType<typeof cloudNames>;
  readonly configPath: string;
  /** Whether somebody named that path; only then must there be a file. */
  readonly configNamed: boolean;
  readonly enabled: boolean;
}

/**
 * Puts one rule per scheduled target of the configuration, which starts the target's state machine.
 *
 * @throws InvalidConfig and what else `loadConfig` throws
 */
export function putScheduleRules(options: ScheduleRulesOptions): void {
  const { bus, names } = options;
  if (!options.configNamed && !existsSync(options.configPath)) {
    return;
  }
  for (const target of Object.values(loadConfig(options.configPath).targets)) {
    if (target.schedule === null) {
      continue;
    }
    const name = names.scheduleRule(target.name);
    bus.rules.put({
      name,
      state: options.enabled ? 'ENABLED' : 'DISABLED',
      description: `Runs ${target.name} on its schedule.`,
      scheduleExpression: target.schedule,
    });
    const machine = names.stateMachine(MACHINE_OF_ENGINE[target.engine]);
    const input = JSON.stringify({ target: target.name, dryRun: false });
    bus.refresh(
      bus.rules.putTargets(name, [{ Id: 'run', Arn: arnOf('states', `stateMachine:${machine}`), Input: input }]),
    );
  }
}
