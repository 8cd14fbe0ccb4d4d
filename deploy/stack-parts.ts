import type { ApiConfig } from '../src/config/api-config.ts';
import { isPooled, type PooledTargetConfig } from '../src/config/pool-config.ts';
import type { SlotkeeperConfig } from '../src/config/slotkeeper-config.ts';
import {
  type DataApiTarget,
  isDataApiTarget,
  type PostgresTarget,
  type TargetConfig,
} from '../src/config/target-config.ts';
import { vpcOf } from './postgres-statements.ts';
import { type StackNames, stackNames } from './stack-names.ts';

/** What `slotkeeper.yml` makes of a stage's stack: its targets by kind, and which parts it needs for them. */
export interface StackParts {
  readonly names: StackNames;
  /** Path of `slotkeeper.yml`, from the root of the repository. */
  readonly config: string;
  readonly targets: readonly TargetConfig[];
  readonly dataApi: readonly DataApiTarget[];
  readonly pooled: readonly PooledTargetConfig[];
  readonly servers: readonly PostgresTarget[];
  readonly vpc: PostgresTarget['vpc'];
  /** Null: tenants' queries come by Lambda only. */
  readonly api: ApiConfig | null;
  readonly has: {
    readonly dataApi: boolean;
    readonly postgres: boolean;
    readonly pool: boolean;
    readonly snooze: boolean;
  };
}

/** @throws SeveralVpcs when PostgreSQL targets are in different VPCs */
export function stackParts(config: SlotkeeperConfig, { path, stage }: { path: string; stage: string }): StackParts {
  const targets = Object.values(config.targets);
  const dataApi = targets.filter(isDataApiTarget);
  const pooled = targets.filter(isPooled);
  const servers = targets.filter((target) => target.engine === 'postgres');
  return {
    names: stackNames(stage),
    config: path,
    targets,
    dataApi,
    pooled,
    servers,
    vpc: vpcOf(servers),
    api: config.api ?? null,
    has: {
      dataApi: dataApi.length > 0,
      postgres: servers.length > 0,
      pool: pooled.length > 0,
      snooze: config.notices.snooze.max > 0,
    },
  };
}
