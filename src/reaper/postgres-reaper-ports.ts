import type { PostgresTarget } from '../config/target-config.ts';
import type { DirectWarehouse } from '../warehouse/direct-warehouse.ts';
import type { ReaperPorts } from './reaper-ports.ts';

/** What the steps that speak to a PostgreSQL server need beside the others. */
export interface PostgresReaperPorts extends ReaperPorts {
  /** Connects to a target; a step holds its connection no longer than it needs it. */
  readonly openDirect: (target: PostgresTarget) => Promise<DirectWarehouse>;
}
