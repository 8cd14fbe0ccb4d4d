import type { TargetConfig } from '../../src/config/slotkeeper-config.ts';

/** The embedded cluster as a target, with no rules. */
export function exampleTarget(changes: Partial<TargetConfig> = {}): TargetConfig {
  return {
    name: 'analytics',
    engine: 'redshift',
    cluster: 'local',
    database: 'dev',
    dbUser: 'awsuser',
    secretArn: null,
    schedule: null,
    slots: { limit: 100, keepFree: 10 },
    caps: { maxTerminations: 50, maxShare: 0.5 },
    rules: [],
    pool: null,
    ...changes,
  };
}
