import { logicalName, type Resource, ref } from './cloudformation.ts';
import type { Metric } from './metric.ts';
import type { StackNames } from './stack-names.ts';

/** Every alarm that a stack may have: which, and what it says. The names of alarms end in these keys. */
export const ALARM_KEYS = {
  'free-slots-low': 'Two runs in a row left fewer slots free than slots.keepFree.',
  'run-failed': 'The last run failed.',
  'run-refused': 'The last run refused to act.',
  'run-skipped': 'Two runs were skipped within three intervals: one before them goes on for too long.',
  'ends-not-taken': 'The last run could not end a session: it was denied, or the session is still there.',
  'notice-failed': 'The last run could not tell an owner.',
  'pool-exhausted': 'A tenant got no session in time.',
  'hit-rate-low': 'For 45 minutes fewer than half of the statements of tenants found a session that was there.',
  'run-unfinished': 'A run ended without a word: it took too long, or could not tell why it failed.',
  'dead-letters': 'A start of a run or an event could not be delivered.',
} as const;

export type AlarmKey = keyof typeof ALARM_KEYS;

/** When an alarm goes off. */
export interface AlarmRule {
  readonly key: AlarmKey;
  /** By id. One metric is watched itself, several by the expression. */
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly expression?: string;
  readonly comparison: 'GreaterThanOrEqualToThreshold' | 'LessThanThreshold';
  readonly threshold: number;
  /** Seconds. */
  readonly period: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  /** What no data means: `ignore` keeps the state that the last run left, `notBreaching`: nothing happened. */
  readonly missing: 'ignore' | 'notBreaching';
}

/** The logical id of an alarm. @param target null: the alarm is the stage's */
export const alarmId = (key: AlarmKey, target: string | null): string =>
  `${target === null ? '' : logicalName(target)}${key.split('-').map(logicalName).join('')}Alarm`;

/** @param target null: the alarm is the stage's */
export function alarm(names: StackNames, target: string | null, rule: AlarmRule): Resource {
  const { key, comparison, threshold, evaluationPeriods, datapointsToAlarm, missing } = rule;
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: [names.prefix, ...(target === null ? [] : [target]), key].join('-'),
      AlarmDescription: `${target === null ? '' : `Target ${target}. `}${ALARM_KEYS[key]} What to do: docs/operations.md#${key}`,
      AlarmActions: [ref('OperatorsTopic')],
      ComparisonOperator: comparison,
      Threshold: threshold,
      EvaluationPeriods: evaluationPeriods,
      DatapointsToAlarm: datapointsToAlarm,
      TreatMissingData: missing,
      ...measured(rule),
    },
  };
}

function measured({ metrics, expression, period }: AlarmRule): Record<string, unknown> {
  const all = Object.entries(metrics);
  const [only] = all;
  if (expression === undefined && only !== undefined) {
    const [, { namespace, name, dimensions, stat }] = only;
    return { Namespace: namespace, MetricName: name, Dimensions: named(dimensions), Statistic: stat, Period: period };
  }
  return {
    Metrics: [
      { Id: 'watched', Expression: expression, ReturnData: true },
      ...all.map(([Id, { namespace, name, dimensions, stat }]) => ({
        Id,
        MetricStat: {
          Metric: { Namespace: namespace, MetricName: name, Dimensions: named(dimensions) },
          Period: period,
          Stat: stat,
        },
        ReturnData: false,
      })),
    ],
  };
}

const named = (dimensions: Metric['dimensions']) =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
