import type { TargetConfig } from '../src/config/target-config.ts';
import { getAtt, logicalName, type Resources, ref } from './cloudformation.ts';
import { allow } from './policy-statement.ts';
import { role } from './roles.ts';
import { scheduleInterval } from './schedule-interval.ts';
import type { StackNames } from './stack-names.ts';
import { startAfter } from './start-after.ts';
import { machineOf } from './state-machines.ts';

/** What a start that failed is tried again: within an interval, after which the next one comes anyway. */
const RETRIES = 10;
/** Bounds of MaximumEventAgeInSeconds (EventBridge API reference, RetryPolicy). */
const MIN_AGE_SECONDS = 60;
const MAX_AGE_SECONDS = 86_400;

/** A target that has a schedule. */
export type ScheduledTarget = TargetConfig & { readonly schedule: string };

export function isScheduled(target: TargetConfig): target is ScheduledTarget {
  return target.schedule !== null;
}

/**
 * One rule per target that has a schedule, on the state machine of its engine.
 *
 * @param startWithin seconds within which their runs begin
 */
export function schedules(names: StackNames, targets: readonly ScheduledTarget[], startWithin: number): Resources {
  if (targets.length === 0) {
    return {};
  }
  const machines = [...new Set(targets.map(({ engine }) => machineOf(engine)))].sort();
  return {
    ScheduleRole: role(['events'], { 'start-runs': [allow(['states:StartExecution'], machines.map(ref))] }),
    ...Object.fromEntries(targets.map((target) => [ruleOf(target.name), rule(names, target, startWithin)])),
  };
}

/** The logical id of a target's rule. */
export const ruleOf = (target: string): string => `Schedule${logicalName(target)}`;

function rule(names: StackNames, target: ScheduledTarget, startWithin: number): Resources[string] {
  const { name, engine, schedule, enabled } = target;
  const interval = scheduleInterval(schedule);
  const age = Math.min(Math.max(interval, MIN_AGE_SECONDS), MAX_AGE_SECONDS);
  const turn = startAfter(names.scheduleRule(name), interval, startWithin);
  return {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: names.scheduleRule(name),
      Description: `Starts runs of target ${name}.`,
      ScheduleExpression: schedule,
      State: enabled ? 'ENABLED' : 'DISABLED',
      Targets: [
        {
          Id: 'run',
          Arn: ref(machineOf(engine)),
          RoleArn: getAtt('ScheduleRole', 'Arn'),
          Input: JSON.stringify({ target: name, dryRun: false, startAfter: turn }),
          RetryPolicy: { MaximumEventAgeInSeconds: age, MaximumRetryAttempts: RETRIES },
          DeadLetterConfig: { Arn: getAtt('DeadLetters', 'Arn') },
        },
      ],
    },
  };
}
