import type { RedshiftTarget } from '../../src/config/target-config.ts';
import { DEFAULT_SANITY } from '../../src/policy/check-sanity.ts';
import { NO_PRESSURE } from '../../src/policy/pressure-policy.ts';
import { DEFAULT_THRASH } from '../../src/policy/thrash-limits.ts';

/** The embedded cluster as a target, with no rules. */
export function exampleTarget(changes: Partial<RedshiftTarget> = {}): RedshiftTarget {
  return {
    name: 'analytics',
    engine: 'redshift',
    cluster: 'local',
    database: 'dev',
    dbUser: 'awsuser',
    secretArn: null,
    schedule: null,
    enabled: true,
    slots: { limit: 100, keepFree: 10, reserved: 0 },
    caps: { maxTerminations: 50, maxShare: 0.5 },
    pressure: NO_PRESSURE,
    sanity: DEFAULT_SANITY,
    thrash: DEFAULT_THRASH,
    rules: [],
    pool: null,
    ...changes,
  };
}
