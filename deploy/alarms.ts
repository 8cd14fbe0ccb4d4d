import { isPooled } from '../src/config/pool-config.ts';
import type { TargetConfig } from '../src/config/target-config.ts';
import { type AlarmRule, alarm, alarmId } from './alarm.ts';
import { alarmPeriod } from './alarm-periods.ts';
import { getAtt, type Resources, ref } from './cloudformation.ts';
import { type Metric, ownMetric } from './metric.ts';
import { scheduleInterval } from './schedule-interval.ts';
import type { StackParts } from './stack-parts.ts';
import type { MachineId } from './state-machines.ts';

/** Targets that are run by hand are looked at by the hour. */
const BY_HAND = 3_600;

const FIVE_MINUTES = 300;
const QUARTER = 900;

/** Below this many statements in a quarter of an hour a rate says nothing: the first statement of a session is a miss. */
const STATEMENTS_OF_A_RATE = 20;
/** Per cent. A pool that opens a session for every other statement spares nobody a connection. */
const LOW_HIT_RATE = 50;

const once = { evaluationPeriods: 1, datapointsToAlarm: 1 } as const;
const any = { comparison: 'GreaterThanOrEqualToThreshold', threshold: 1 } as const;

/** The alarms of a stage; each tells the operators' topic. */
export function alarms(parts: StackParts, machines: readonly MachineId[]): Resources {
  const { names, targets } = parts;
  const perTarget = targets.flatMap((target) => {
    const rules = [...rulesOfRuns(target), ...(isPooled(target) ? rulesOfPool(target.name) : [])];
    return rules.map((rule) => [alarmId(rule.key, target.name), alarm(names, target.name, rule)] as const);
  });
  const ofStage = rulesOfStage(parts, machines).map(
    (rule) => [alarmId(rule.key, null), alarm(names, null, rule)] as const,
  );
  return Object.fromEntries([...perTarget, ...ofStage]);
}

/**
 * What runs of a target say. They write their figures once each, so an alarm keeps the state of the last run until the
 * next one: its period is the schedule's interval, and no data is no news.
 */
function rulesOfRuns({ name, schedule, slots }: TargetConfig): AlarmRule[] {
  const interval = schedule === null ? BY_HAND : scheduleInterval(schedule);
  const lastRun = { ...once, period: alarmPeriod(interval, 1), missing: 'ignore' } as const;
  const whether = (key: AlarmRule['key'], ...metrics: readonly Metric[]): AlarmRule => ({
    key,
    ...any,
    ...lastRun,
    metrics: Object.fromEntries(metrics.map((metric, index) => [`m${index + 1}`, metric])),
    ...(metrics.length > 1 ? { expression: metrics.map((_, index) => `m${index + 1}`).join(' + ') } : {}),
  });
  return [
    // With nothing to keep free there is nothing to fall below.
    ...(slots.keepFree === 0
      ? []
      : [
          {
            key: 'free-slots-low',
            metrics: { m1: ownMetric('FreeSlots', name, 'Minimum') },
            comparison: 'LessThanThreshold',
            threshold: slots.keepFree,
            period: alarmPeriod(interval, 2),
            evaluationPeriods: 2,
            datapointsToAlarm: 2,
            missing: 'ignore',
          } as const,
        ]),
    whether('run-failed', ownMetric('RunFailed', name, 'Maximum')),
    whether('run-refused', ownMetric('RunRefused', name, 'Maximum')),
    whether(
      'ends-not-taken',
      ownMetric('BackendsDenied', name, 'Maximum'),
      ownMetric('BackendsStillThere', name, 'Maximum'),
    ),
    whether('notice-failed', ownMetric('NoticesFailed', name, 'Maximum')),
    // By hand nothing is skipped unawares. Rules start within a minute, so that two starts may fall into one period and
    // none into the next: two of three.
    ...(schedule === null
      ? []
      : [
          {
            key: 'run-skipped',
            metrics: { m1: ownMetric('RunSkipped', name, 'Sum') },
            ...any,
            period: alarmPeriod(interval, 3),
            evaluationPeriods: 3,
            datapointsToAlarm: 2,
            // Only skipped runs write it.
            missing: 'notBreaching',
          } as const,
        ]),
  ];
}

/** What a pool says. It writes only what happened: no data is nothing. */
function rulesOfPool(target: string): AlarmRule[] {
  return [
    {
      key: 'pool-exhausted',
      metrics: { m1: ownMetric('PoolExhausted', target, 'Sum') },
      ...any,
      ...once,
      period: FIVE_MINUTES,
      missing: 'notBreaching',
    },
    {
      key: 'hit-rate-low',
      metrics: { hits: ownMetric('SessionHit', target, 'Sum'), misses: ownMetric('SessionMiss', target, 'Sum') },
      expression: `IF(FILL(hits, 0) + FILL(misses, 0) >= ${STATEMENTS_OF_A_RATE}, 100 * FILL(hits, 0) / (FILL(hits, 0) + FILL(misses, 0)), 100)`,
      comparison: 'LessThanThreshold',
      threshold: LOW_HIT_RATE,
      period: QUARTER,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      missing: 'notBreaching',
    },
  ];
}

/** What AWS says of the stage itself. */
function rulesOfStage({ names }: StackParts, machines: readonly MachineId[]): AlarmRule[] {
  const timedOut = machines.map((id, index) => [
    `m${index + 1}`,
    metricOf('AWS/States', 'ExecutionsTimedOut', { StateMachineArn: ref(id) }, 'Sum'),
  ]);
  const metrics: Readonly<Record<string, Metric>> = {
    ...Object.fromEntries(timedOut),
    failRun: metricOf('AWS/Lambda', 'Errors', { FunctionName: names.functionName('failRun') }, 'Sum'),
  };
  const ids = Object.keys(metrics);
  return [
    {
      key: 'run-unfinished',
      metrics,
      expression: ids.map((id) => `FILL(${id}, 0)`).join(' + '),
      ...any,
      ...once,
      period: FIVE_MINUTES,
      missing: 'notBreaching',
    },
    {
      key: 'dead-letters',
      metrics: {
        m1: metricOf(
          'AWS/SQS',
          'ApproximateNumberOfMessagesVisible',
          { QueueName: getAtt('DeadLetters', 'QueueName') },
          'Maximum',
        ),
      },
      ...any,
      ...once,
      period: FIVE_MINUTES,
      // SQS falls silent about a queue that is empty and that nobody asks (SQS guide, "Available CloudWatch metrics").
      missing: 'notBreaching',
    },
  ];
}

const metricOf = (namespace: string, name: string, dimensions: Metric['dimensions'], stat: Metric['stat']): Metric => ({
  namespace,
  name,
  dimensions,
  stat,
});
