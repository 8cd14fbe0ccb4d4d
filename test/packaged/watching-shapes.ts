import * as z from 'zod';
import { arn, name, text } from './template-values.ts';

const dimensions = z.array(z.strictObject({ Name: name(255, /^[\w -]+$/), Value: text })).max(30);

const metric = z.strictObject({
  Namespace: name(255, /^[\w./#:-]+$/),
  MetricName: name(255, /^[\w ./#:-]+$/),
  Dimensions: dimensions.exactOptional(),
});

/** Seconds that an alarm may sum up by: 10, 30, or whole minutes (CloudWatch API, PutMetricAlarm). */
const period = z.union([z.literal([10, 30]), z.int().multipleOf(60).min(60)]);

const statistic = z.enum(['Average', 'Maximum', 'Minimum', 'SampleCount', 'Sum']);

const query = z
  .strictObject({
    Id: z.string().regex(/^[a-z]\w*$/),
    Label: z.string().exactOptional(),
    ReturnData: z.boolean().exactOptional(),
    Expression: z.string().max(2_048).exactOptional(),
    Period: period.exactOptional(),
    MetricStat: z.strictObject({ Metric: metric, Period: period, Stat: statistic }).exactOptional(),
  })
  .refine((one) => 'Expression' in one !== 'MetricStat' in one, 'one of Expression and MetricStat');

/** Of `AWS::CloudWatch::Alarm`; every alarm of the stack says what it is, whom it tells, and what no data means. */
export const alarm = z
  .strictObject({
    AlarmName: name(255),
    AlarmDescription: z.string().min(1).max(1_024),
    AlarmActions: z.array(arn).min(1).max(5),
    OKActions: z.array(arn).max(5).exactOptional(),
    ActionsEnabled: z.boolean().exactOptional(),
    ComparisonOperator: z.enum([
      'GreaterThanOrEqualToThreshold',
      'GreaterThanThreshold',
      'LessThanThreshold',
      'LessThanOrEqualToThreshold',
    ]),
    Threshold: z.number(),
    EvaluationPeriods: z.int().min(1),
    DatapointsToAlarm: z.int().min(1).exactOptional(),
    TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']),
    Namespace: metric.shape.Namespace.exactOptional(),
    MetricName: metric.shape.MetricName.exactOptional(),
    Dimensions: dimensions.exactOptional(),
    Period: period.exactOptional(),
    Statistic: statistic.exactOptional(),
    Metrics: z.array(query).min(1).max(20).exactOptional(),
    Tags: z.array(z.strictObject({ Key: z.string(), Value: text })).exactOptional(),
  })
  .refine(
    (one) =>
      'Metrics' in one ? !('MetricName' in one) && !('Period' in one) : 'MetricName' in one && 'Statistic' in one,
    'Metrics, or MetricName with Statistic',
  )
  // CloudWatch API, PutMetricAlarm: what is looked at may not be longer than a day, with periods of an hour or more a week.
  .refine(
    ({ Period = 0, EvaluationPeriods }) => Period * EvaluationPeriods <= (Period >= 3_600 ? 604_800 : 86_400),
    'Period × EvaluationPeriods: at most a day, a week where the period is an hour or more',
  )
  .refine(({ DatapointsToAlarm = 1, EvaluationPeriods }) => DatapointsToAlarm <= EvaluationPeriods, 'M of N');

/** Of `AWS::CloudWatch::Dashboard`. */
export const dashboard = z.strictObject({ DashboardName: name(255, /^[\w-]+$/), DashboardBody: text });
