import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SFNClient } from '@aws-sdk/client-sfn';
import { LOCAL_CREDENTIALS } from '../../local/cloud-names.ts';
import type { LocalCloud } from '../../local/local-cloud.ts';
import { startLocalCloud } from '../../local/start-local-cloud.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';
import { countBilledCalls } from './billed-calls.ts';
import { followExecution } from './follow-execution.ts';
import type { MeasuredRun, MeasuredRuns } from './measured-runs.ts';

// Counts what runs ask of AWS, on the embedded cloud, and writes scripts/cost/measured.json:
// node scripts/cost/measure-runs.ts --write; without --write it prints it. Durations are the laptop's and are not kept.
const CONFIG = fileURLToPath(new URL('../../test/fixtures/pipeline/minutes.yml', import.meta.url));
const SESSIONS = 20;
const MINUTE = 60_000;

const clock = new VirtualClock();
const cloud = await startLocalCloud({
  ...{ port: 0, postgresPort: 0, clock, schedules: false, configPath: CONFIG, waitPace: 0.2 },
});
const sfn = new SFNClient({ endpoint: cloud.endpoint, region: cloud.region, credentials: LOCAL_CREDENTIALS });
try {
  const measured = await measureRuns(cloud);
  const text = `${JSON.stringify(measured, null, 2)}\n`;
  if (process.argv.includes('--write')) {
    writeFileSync(new URL('measured.json', import.meta.url), text);
  } else {
    process.stdout.write(text);
  }
} finally {
  sfn.destroy();
  await cloud.stop();
}

async function measureRuns({ redshift, database }: LocalCloud): Promise<MeasuredRuns> {
  const admin = await redshift.connect({ user: 'awsuser', database, applicationName: 'measure' });
  await admin.query('create role web_shop login');
  const shop = { user: 'web_shop', database, applicationName: 'shop' };
  const clients = await Promise.all(Array.from({ length: SESSIONS }, () => redshift.connect(shop)));
  for (const client of clients) {
    // The second run ends them.
    client.on('error', () => undefined);
  }
  // The first run of a target opens the session that the reaper keeps.
  await runOnce(cloud);
  const quiet = await runOnce(cloud);
  await clock.advance(31 * MINUTE);
  const warning = await runOnce(cloud);
  await clock.advance(30 * MINUTE);
  const ending = await runOnce(cloud);
  await admin.end();
  return { sessions: SESSIONS, quiet, warning, ending };
}

async function runOnce(on: LocalCloud): Promise<MeasuredRun> {
  const counted = countBilledCalls(on);
  const { events } = await followExecution(sfn, {
    stateMachineArn: on.stateMachines['slotkeeper-local-reap-redshift-sessions'] ?? '',
    // As a schedule starts it: with a turn.
    input: { target: 'local', dryRun: false, startAfter: 1 },
  });
  return { transitions: events.filter(({ type }) => type?.endsWith('StateEntered')).length, ...counted() };
}
