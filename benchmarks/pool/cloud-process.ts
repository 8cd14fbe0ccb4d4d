import { startLocalCloud } from '../../local/start-local-cloud.ts';
import type { CloudAnswer, CloudRequest } from './start-cloud-process.ts';

/**
 * An embedded cloud in a process of its own, so that what it works does not delay those that are measured: a client on
 * AWS does not share its event loop with the service.
 */
const cloud = await startLocalCloud({
  port: 0,
  postgresPort: 0,
  schedules: false,
  // All contenders keep their sessions beside each other; a cluster allows 500.
  maxConnections: 1_200,
  quotas: { activeSessions: 1_200 },
});

process.on('message', (request: CloudRequest) => {
  if (request.latencies !== undefined) {
    cloud.latencies.set(request.latencies);
  }
  tell({
    endpoint: cloud.endpoint,
    table: cloud.table,
    postgres: cloud.postgres,
    counts: {
      dataApi: cloud.calls.of('redshift-data'),
      table: cloud.calls.of('dynamodb'),
      sessions: cloud.dataApi.backendsOpened,
    },
  });
});

// Whoever started it ends it, by whatever becomes of its own process.
process.once('disconnect', () => {
  cloud.stop().catch((error: unknown) => {
    process.exitCode = 1;
    throw error;
  });
});

tell(null);

/** @param answer null: it is up */
function tell(answer: CloudAnswer | null): void {
  process.send?.(answer);
}
