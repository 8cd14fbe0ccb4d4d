import { readAwsCron } from '../../src/deployment/aws-cron.ts';
import { AwsError } from '../http/aws-error.ts';

/** When a schedule is due. */
export interface Schedule {
  /** The first due time after a moment; null when there is none any more. */
  next(after: Date): Date | null;
}

/** Milliseconds per unit. Seconds are a local extension: AWS schedules are minutes apart at least. */
const UNIT_MS = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/**
 * Reads `rate(5 minutes)`, `rate(2 seconds)` (here only) or `cron(0/15 8-18 ? * MON-FRI *)`; UTC (EventBridge guide,
 * "Cron expressions" and "Rate expressions").
 *
 * @throws AwsError `ValidationException`, in the service's words
 */
export function parseScheduleExpression(expression: string): Schedule {
  const rate = /^rate\((\d+) (second|minute|hour|day)(s?)\)$/.exec(expression);
  if (rate !== null) {
    return rateSchedule(Number(rate[1]), rate[2] as keyof typeof UNIT_MS, rate[3] === 's');
  }
  const cron = /^cron\(([^)]*)\)$/.exec(expression);
  if (cron?.[1] === undefined) {
    throw invalid();
  }
  return cronSchedule(cron[1]);
}

/** "1 minute" and "5 minutes": AWS wants the number of the noun to be right. */
function rateSchedule(value: number, unit: keyof typeof UNIT_MS, plural: boolean): Schedule {
  if (value < 1 || plural !== value > 1) {
    throw invalid();
  }
  return { next: (after) => new Date(after.getTime() + value * UNIT_MS[unit]) };
}

function cronSchedule(fields: string): Schedule {
  try {
    return { next: readAwsCron(fields) };
  } catch (cause) {
    throw invalid(cause);
  }
}

function invalid(cause?: unknown): AwsError {
  return new AwsError('ValidationException', 'Parameter ScheduleExpression is not valid.', 400, { cause });
}
