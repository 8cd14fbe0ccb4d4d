import pMap from 'p-map';
import type { Snapshot } from '../backends/snapshot.ts';
import { clientId, clientOf } from '../policy/client.ts';
import { findThrash, type Thrash } from '../policy/find-thrash.ts';
import type { ThrashLimits } from '../policy/thrash-limits.ts';
import type { RunRecord } from '../session-table/run-record.ts';
import type { SessionTable } from '../session-table/session-table.ts';

/** Runs that are looked through at most, the newest: one a minute for two hours. */
const MOST_RUNS = 120;
/** Ended backends that are read at most, those of the newest runs: more ends in so short a time have another cause. */
const MOST_ENDS = 2_000;
const READ_CONCURRENCY = 8;

/** Nobody is looked for. */
const NONE: Thrash = { reconnections: [], holds: new Map(), fresh: [] };

/**
 * Finds the clients that open new sessions as soon as others are ended, from what runs ended in the window and who is
 * there now. It writes nothing, so a dry run and a mere look see the same as a real run.
 *
 * What was ended is found by the plans of the window's runs, whose records and items are read strongly; of their
 * members only those are read whose client has a session now.
 *
 * @param limits null: nobody is looked for, and no hold counts
 */
export async function readThrash(
  table: SessionTable,
  snapshot: Snapshot,
  limits: ThrashLimits | null,
  now: Date,
): Promise<Thrash> {
  if (limits === null) {
    return NONE;
  }
  const { target } = snapshot;
  const living = snapshot.backends.filter(({ own, system }) => !own && !system);
  const present = new Set(living.map((backend) => clientId(clientOf(backend))));
  const [clients, { items: runs }] = await Promise.all([
    table.listClients(target),
    table.listRuns({ target, limit: MOST_RUNS }),
  ]);
  const since = new Date(now.getTime() - limits.window * 1000).toISOString();
  const plans = await pMap(
    runs.filter((run) => hasEnded(run, since)),
    ({ runId }) => table.readPlan({ target, runId }),
    { concurrency: READ_CONCURRENCY },
  );
  const ended = plans
    .flatMap((plan) => plan?.members ?? [])
    .filter((member) => member.action === 'terminate' && present.has(clientId(clientOf(member))))
    .slice(0, MOST_ENDS);
  const ends = await table.readBackends(ended.map(({ identity }) => identity));
  return findThrash({ living, ends, clients, limits, now });
}

/** Whether a run may have ended somebody since then; one that died did not say whom. */
function hasEnded({ dryRun, state, counts, outcomes, finishedAt }: RunRecord, since: string): boolean {
  const ends = !dryRun && counts !== null && counts.terminate > 0;
  return ends && (state !== 'succeeded' || outcomes.gone > 0) && (finishedAt === null || finishedAt >= since);
}
