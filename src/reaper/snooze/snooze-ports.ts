import type { SlotkeeperConfig } from '../../config/slotkeeper-config.ts';
import type { EventPublisher } from '../../messaging/event-publisher.ts';
import type { SessionTable } from '../../session-table/session-table.ts';

/** What snoozing needs from the world. */
export interface SnoozePorts {
  readonly config: { readonly notices: Pick<SlotkeeperConfig['notices'], 'defaultOwner' | 'snooze'> };
  readonly table: SessionTable;
  /** Null: the event bus is not told, the table alone is. */
  readonly events: EventPublisher | null;
  readonly now: () => Date;
}
