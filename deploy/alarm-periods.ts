const MINUTE = 60;
/** Period × EvaluationPeriods is at most a week (CloudWatch API reference, PutMetricAlarm). */
const WEEK = 604_800;

/**
 * The period of an alarm that looks at so many runs: the interval of the schedule in whole minutes, and shorter where so
 * many intervals are more than CloudWatch looks back.
 *
 * @param interval seconds between two runs
 */
export function alarmPeriod(interval: number, evaluationPeriods: number): number {
  const longest = Math.floor(WEEK / evaluationPeriods / MINUTE) * MINUTE;
  return Math.min(Math.ceil(interval / MINUTE) * MINUTE, longest);
}
