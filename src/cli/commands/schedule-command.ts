import type { TargetConfig } from '../../config/target-config.ts';
import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import type { SessionTable } from '../../session-table/session-table.ts';
import { chooseDeployment } from '../choose-deployment.ts';
import { chooseTarget } from '../choose-target.ts';
import type { CliIo } from '../cli-io.ts';
import type { CliRuntime } from '../cli-runtime.ts';
import { type Deployment, scheduleRuleOf } from '../deployment/deployment.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { explainError } from '../explain-error.ts';
import { type ScheduleDocument, scheduleDocument } from '../json/schedule-document.ts';
import { recordScheduleChange } from '../record-schedule-change.ts';
import { renderSchedule } from '../render/render-schedule.ts';

export interface ScheduleOptions {
  readonly target?: string;
  readonly stage?: string;
  readonly all?: boolean;
  readonly reason?: string;
  /** Whether runs are to be started, or no longer. */
  readonly enable: boolean;
  /** Who asks: the name goes on record. */
  readonly user: string;
  readonly json?: boolean;
}

type Switched = ScheduleDocument['targets'][number];

/** Nothing starts runs of the target, so that nothing can be paused. */
export class NotScheduled extends SlotkeeperError {
  constructor(target: string, stage: string, rule: string | null) {
    super(
      'NotScheduled',
      rule === null
        ? `Expected target ${target} of stage ${stage} to have a schedule, but it was deployed without one: it runs by hand only. Nothing was changed.`
        : `Expected the rule ${rule} of stage ${stage}, but it is not there. Nothing was changed. Deploy again: npx serverless deploy --stage ${stage}`,
    );
  }
}

/**
 * Pauses or resumes the schedule of a target, or of all, and puts on record who did and when. It stops no run that is
 * under way, and keeps nobody from starting one by hand.
 *
 * With `--all` what fails for one target keeps no other from its turn: who pauses in a hurry wants most of it rather than nothing.
 *
 * @param endpoint what AWS_ENDPOINT_URL says, for messages
 * @throws StageUnknown StackUnusable TargetMissing TargetNotConfigured NotScheduled
 */
export async function scheduleCommand(
  runtime: CliRuntime,
  io: CliIo,
  options: ScheduleOptions,
  endpoint: string | undefined,
): Promise<ExitCode> {
  const { config, configPath } = runtime;
  const all = options.all === true;
  const targets = all ? Object.values(config.targets) : [chooseTarget(config, configPath, options.target)];
  const deployment = await chooseDeployment(runtime, io, options.stage);
  const table = runtime.tableOf(deployment);
  const switched: Switched[] = [];
  for (const target of targets) {
    switched.push(
      await (all
        ? withoutThrowing(runtime, deployment, table, target, options, endpoint)
        : switchOne(runtime, deployment, table, target, options)),
    );
  }
  const document = scheduleDocument.parse({
    schema: 'slotkeeper.schedule/1',
    stage: deployment.stage,
    at: runtime.now().toISOString(),
    exitCode: exitOf(switched),
    targets: switched,
  });
  io.out(options.json === true ? JSON.stringify(document) : renderSchedule(document, options.enable));
  return document.exitCode;
}

async function switchOne(
  { services, now }: CliRuntime,
  deployment: Deployment,
  table: SessionTable,
  { name: target }: TargetConfig,
  { enable, user, reason }: ScheduleOptions,
): Promise<Switched> {
  const rule = scheduleRuleOf(deployment, target);
  const found = rule === null ? null : await services.readRule(rule);
  if (rule === null || found === null) {
    throw new NotScheduled(target, deployment.stage, rule);
  }
  const did = enable ? 'resumed' : 'paused';
  const newest = (await table.readSchedule(target))?.changes.at(-1) ?? null;
  // One that says otherwise than the rule is not why it is so.
  let changed = newest?.did === did ? newest : null;
  if (found.enabled !== enable) {
    // First the rule, then the record: it is the rule that starts runs.
    await services.switchRule(rule, enable);
    changed = { did, at: now().toISOString(), by: `cli:${user}`, reason: reason ?? null };
    await recordScheduleChange(table, target, changed);
  }
  const lock = await table.readRunLock(target);
  return {
    target,
    rule,
    did: found.enabled === enable ? 'nothing' : did,
    changed,
    running: lock !== null && Date.parse(lock.expiresAt) > now().getTime() ? lock.runId : null,
    error: null,
  };
}

async function withoutThrowing(
  runtime: CliRuntime,
  deployment: Deployment,
  table: SessionTable,
  target: TargetConfig,
  options: ScheduleOptions,
  endpoint: string | undefined,
): Promise<Switched> {
  const rule = scheduleRuleOf(deployment, target.name);
  const none = { target: target.name, rule, changed: null, running: null };
  if (rule === null) {
    return { ...none, did: 'no-schedule', error: null };
  }
  try {
    return await switchOne(runtime, deployment, table, target, options);
  } catch (error) {
    const { name, message } = explainError(error, endpoint);
    return { ...none, did: 'failed', error: { name, message } };
  }
}

function exitOf(switched: readonly Switched[]): ScheduleDocument['exitCode'] {
  if (switched.some(({ did }) => did === 'failed')) {
    return EXIT.failed;
  }
  return switched.some(({ did }) => did === 'paused' || did === 'resumed') ? EXIT.acted : EXIT.nothingToDo;
}
