import type { SlotkeeperConfig, TargetConfig } from '../config/slotkeeper-config.ts';
import type { DataApiTarget } from '../config/target-config.ts';
import type { EventPublisher } from '../messaging/event-publisher.ts';
import type { NoticeChannel } from '../messaging/notice-channel.ts';
import type { RunMetrics } from '../messaging/run-metrics.ts';
import type { PoolMetrics } from '../pool/pool-metrics.ts';
import type { SessionPoolTable } from '../pool/session-pool-table.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

/** What the use cases of a run need from the world. */
export interface ReaperPorts {
  readonly config: SlotkeeperConfig;
  readonly table: SessionTable;
  /** The pool's items, which are in the same table. */
  readonly pool: SessionPoolTable;
  /** The warehouse of a target that is asked through the Data API. */
  readonly warehouseOf: (target: DataApiTarget) => Warehouse;
  readonly owners: NoticeChannel;
  readonly operators: NoticeChannel;
  readonly events: EventPublisher;
  readonly metrics: RunMetrics;
  /** Where the figures of a target's pool go; written when flushed. */
  readonly poolMetricsOf: (target: TargetConfig) => PoolMetrics & { flush(): void };
  /** Options by which a command line finds the one target that there is; absent: `--target` and its name. */
  readonly again?: string;
  readonly now: () => Date;
}
