import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalCloudOptions } from '../../local/local-cloud.ts';
import { contractConfig, SLOTS, type Waits } from './contract-config.ts';
import type { EngineFixture, Right } from './engines/engine-fixture.ts';
import { type Pipeline, startPipeline } from './pipeline.ts';

/** Timers that never ring: only the clock's advance makes a schedule fire. */
const HELD_TIMERS = { set: () => setTimeout(() => undefined, 0), clear: () => undefined };

/** Users of the suite's targets, besides those of the server itself. */
const USERS: Readonly<Record<string, Right>> = { onlooker: 'sign-in', auditor: 'see', loser: 'end' };

/** Starts the embedded cloud with the configuration of the shared suite, and a server with the users that it names. */
export async function startContractPipeline(
  engine: EngineFixture,
  { runs, ...options }: LocalCloudOptions & { runs?: Waits } = {},
): Promise<Pipeline> {
  const directory = await mkdtemp(join(tmpdir(), 'slotkeeper-contract-'));
  const configPath = join(directory, 'slotkeeper.yml');
  await writeFile(configPath, contractConfig(engine, runs));
  const pipeline = await startPipeline(
    { configPath, maxConnections: SLOTS, waitPace: 0.02, scheduleTimers: HELD_TIMERS, ...options },
    engine,
  );
  for (const [user, right] of Object.entries(USERS)) {
    await pipeline.addUser(user);
    for (const statement of pipeline.server.grant(user, right)) {
      await pipeline.admin.client.query(statement);
    }
  }
  return {
    ...pipeline,
    async stop() {
      await pipeline.stop();
      await rm(directory, { recursive: true });
    },
  };
}
