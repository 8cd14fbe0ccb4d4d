import type { TargetConfig } from '../config/target-config.ts';
import { nextStart } from '../deployment/next-start.ts';
import { isHeld } from '../lifecycle/client-record.ts';
import { freeSlotsAfter } from '../reaper/free-slots-after.ts';
import type { RunRecord } from '../session-table/run-record.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import type { CliRuntime } from './cli-runtime.ts';
import { type Deployment, scheduleRuleOf } from './deployment/deployment.ts';
import { EXIT } from './exit-codes.ts';
import { exitOfErrorName } from './exit-of-error-name.ts';
import { exitOfRun } from './exit-of-run.ts';
import type { TargetStatus } from './json/status-document.ts';

/** Newest runs that are looked at: a day of a run every ten minutes, and more. */
const RUNS_LOOKED_AT = 200;
const DAY_MS = 86_400_000;

/** Runs that this command line started, rather than the schedule. */
const BY_HAND = /^cli-/;

/** How a target is, by its rule and by what the session table has of it; the server is not asked. */
export async function readTargetStatus(
  runtime: CliRuntime,
  deployment: Deployment,
  table: SessionTable,
  target: TargetConfig,
): Promise<TargetStatus> {
  const { name, engine, slots } = target;
  const now = runtime.now();
  const [runs, lock, clients] = await Promise.all([
    newestRuns(table, name),
    table.readRunLock(name),
    table.listClients(name),
  ]);
  const planned = runs.find(({ counts }) => counts !== null) ?? null;
  const ofTheDay = runs.filter(({ startedAt }) => now.getTime() - Date.parse(startedAt) < DAY_MS);
  const errors = ofTheDay.flatMap(({ error }) => (error === null ? [] : [error.name]));
  const isRefusal = (error: string) => exitOfErrorName(error) === EXIT.refused;
  return {
    target: name,
    engine,
    schedule: await scheduleOf(runtime, deployment, table, name, runs),
    lastRun: runs[0] === undefined ? null : toLastRun(runs[0]),
    slots: {
      limit: slots.limit,
      keepFree: slots.keepFree,
      free: planned === null ? null : freeSlotsAfter(slots, planned),
      at: planned === null ? null : (planned.finishedAt ?? planned.startedAt),
    },
    lock: lock !== null && Date.parse(lock.expiresAt) > now.getTime() ? lock : null,
    refused: tally(errors.filter(isRefusal)),
    failed: tally(errors.filter((error) => !isRefusal(error))),
    thrashing: clients.filter((client) => isHeld(client, now)).length,
  };
}

async function newestRuns(table: SessionTable, target: string): Promise<readonly RunRecord[]> {
  const { items, nextToken } = await table.listRuns({ target, limit: RUNS_LOOKED_AT / 2 });
  return nextToken === null
    ? items
    : [...items, ...(await table.listRuns({ target, limit: RUNS_LOOKED_AT / 2, nextToken })).items];
}

async function scheduleOf(
  { services, now }: CliRuntime,
  deployment: Deployment,
  table: SessionTable,
  target: string,
  runs: readonly RunRecord[],
): Promise<TargetStatus['schedule']> {
  const rule = scheduleRuleOf(deployment, target);
  const found = rule === null ? null : await services.readRule(rule);
  if (found === null) {
    return { rule, state: rule === null ? 'none' : 'missing', expression: null, changed: null, next: null };
  }
  const { enabled, expression } = found;
  const changed = (await table.readSchedule(target))?.changes.at(-1) ?? null;
  // Once somebody has switched the rule by other means, it is no longer known who.
  const isTheirs = changed !== null && (changed.did === 'resumed') === enabled;
  const started = runs.find(({ runId }) => !BY_HAND.test(runId)) ?? null;
  const resumedAt = changed?.did === 'resumed' ? changed.at : '';
  // A rate counts anew from when its rule was enabled.
  const last = started === null || started.startedAt < resumedAt ? null : started.startedAt;
  return {
    rule,
    state: enabled ? 'enabled' : 'paused',
    expression,
    changed: isTheirs ? changed : null,
    next: enabled && expression !== null ? await nextStart(expression, now(), last) : null,
  };
}

function toLastRun(run: RunRecord): NonNullable<TargetStatus['lastRun']> {
  const { runId, startedAt, finishedAt, dryRun, state, error, outcomes } = run;
  return {
    runId,
    startedAt,
    finishedAt,
    dryRun,
    state,
    exitCode: exitCodeOf(run),
    error: error?.name ?? null,
    messages: run.notices.sent,
    ended: outcomes.gone,
  };
}

function exitCodeOf(run: RunRecord): NonNullable<TargetStatus['lastRun']>['exitCode'] {
  switch (run.state) {
    case 'running':
      return null;
    case 'succeeded':
      return exitOfRun(run);
    case 'failed':
      return run.error !== null && exitOfErrorName(run.error.name) === EXIT.refused ? EXIT.refused : EXIT.failed;
  }
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) {
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
