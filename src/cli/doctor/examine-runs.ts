import { RUN_TIMEOUT_SECONDS } from '../../config/review/run-limits.ts';
import { shortestInterval } from '../../config/review/shortest-interval.ts';
import type { SlotkeeperConfig } from '../../config/slotkeeper-config.ts';
import { isDataApiTarget, type TargetConfig } from '../../config/target-config.ts';
import type { Check } from '../../doctor/check.ts';
import { judgeKeptSession } from '../../doctor/deployment/judge-kept-session.ts';
import { judgeRecentRuns } from '../../doctor/deployment/judge-recent-runs.ts';
import { judgeRunTimes } from '../../doctor/deployment/judge-run-times.ts';
import { judgeSchedule } from '../../doctor/deployment/judge-schedule.ts';
import { judgeClientToken, judgeKeepAlive } from '../../doctor/deployment/judge-settings.ts';
import { type Fact, known } from '../../doctor/fact.ts';
import { firstRuleOf } from '../../doctor/first-rule-of.ts';
import { clientToken } from '../../reaper/client-token.ts';
import type { RunRecord } from '../../session-table/run-record.ts';
import type { SessionTable } from '../../session-table/session-table.ts';
import { knownAdviceFor } from '../advice-for.ts';
import { type Deployment, machineOf, scheduleRuleOf } from '../deployment/deployment.ts';
import { attempt } from './attempt.ts';
import type { DoctorClients } from './doctor-clients.ts';
import { readKeptSession } from './read-kept-session.ts';
import { readScheduleRule } from './read-schedule-rule.ts';

/** Records that are looked at: a few days of a usual schedule. */
export const RUNS_LOOKED_AT = 100;

export interface RunsWorld {
  readonly clients: DoctorClients;
  readonly config: SlotkeeperConfig;
  readonly deployment: Deployment;
  readonly table: SessionTable;
  readonly runs: Fact<readonly RunRecord[]>;
  readonly now: () => Date;
}

/** Looks whether runs of one target are started, end in time, and find what they need. */
export async function examineRuns(world: RunsWorld, target: TargetConfig): Promise<readonly Check[]> {
  const { clients, config, deployment, table, runs, now } = world;
  const { endpoint } = clients;
  const { schedule } = target;
  const interval = schedule === null ? null : shortestInterval(schedule);
  const ruleName = scheduleRuleOf(deployment, target.name);
  const rule =
    ruleName === null
      ? known(null)
      : await attempt(endpoint, () =>
          readScheduleRule(clients, {
            ruleName,
            stateMachineArn: machineOf(deployment, target.engine),
            target: target.name,
          }),
        );
  const checks = [
    judgeSchedule(rule, { stage: deployment.stage, target: target.name, schedule, ruleName }),
    judgeRunTimes(runs.known ? known({ seconds: runs.value.flatMap(secondsOf) }) : runs, { schedule, interval }),
    judgeRecentRuns(runs.known ? known({ runs: runs.value.map((run) => recentRun(run, now())) }) : runs, {
      target: target.name,
      interval,
      stage: deployment.stage,
      adviceFor: knownAdviceFor,
    }),
  ];
  if (!isDataApiTarget(target)) {
    return checks;
  }
  const kept = await attempt(endpoint, () => readKeptSession(clients, table, target, now()));
  return [
    ...checks,
    judgeKeptSession(kept, { target: target.name }),
    judgeKeepAlive({
      sessionKeepAlive: config.runs.sessionKeepAlive,
      interval,
      poolKeepAlive: target.pool?.limits.keepAliveSeconds ?? null,
      firstRule: firstRuleOf(target.rules, ['idle']),
    }),
    judgeClientToken(
      clientToken(
        { target: target.name, id: target.name, startedAt: now().toISOString(), dryRun: true },
        'doctor',
        0,
        0,
      ),
      RUN_TIMEOUT_SECONDS,
    ),
  ];
}

/** How long a run took; none while it runs. */
function secondsOf({ startedAt, finishedAt }: RunRecord): number[] {
  return finishedAt === null ? [] : [(Date.parse(finishedAt) - Date.parse(startedAt)) / 1000];
}

function recentRun({ runId, startedAt, state, error }: RunRecord, now: Date) {
  const ageSeconds = Math.max(0, (now.getTime() - Date.parse(startedAt)) / 1000);
  return { runId, ageSeconds, state, error: error?.name ?? null };
}
