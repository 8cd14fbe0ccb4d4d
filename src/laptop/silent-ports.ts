import type { EventPublisher } from '../messaging/event-publisher.ts';
import type { RunMetrics } from '../messaging/run-metrics.ts';
import type { ReaperPorts } from '../reaper/reaper-ports.ts';

/** A laptop has no event bus, so no event can be lost on it: the table keeps each with the change that it tells of. */
export const silentEvents: EventPublisher = { publish: async () => ({ failed: 0 }) };

/** A laptop has no alarms; the figures of a run are in its record. */
export const silentMetrics: RunMetrics = { record: () => {} };

/** PostgreSQL has no sessions that tenants share. */
export const silentPoolMetrics: ReturnType<ReaperPorts['poolMetricsOf']> = {
  count: () => {},
  duration: () => {},
  flush: () => {},
};
