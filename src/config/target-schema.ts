import * as z from 'zod';
import { DEFAULT_SANITY } from '../policy/check-sanity.ts';
import { NO_PRESSURE } from '../policy/pressure-policy.ts';
import { unreserved } from '../policy/slots.ts';
import { checkSchedule } from './check-schedule.ts';
import { mapping, pattern, share, text, wholeNumber } from './fields.ts';
import { admitsUser, findBoundConflicts, poolSchema } from './pool-schema.ts';

/** Slots of the largest node types (AWS page amazon-redshift-limits: 2,000); more is a typing error. */
const MAX_SLOTS = 2_000;

/** Keys of `targets` and `policies`: they become part of AWS resource names. */
export const nameSchema = pattern(
  /^[a-z][a-z0-9-]{0,39}$/,
  'a name of 1 to 40 lower-case letters, digits and hyphens that begins with a letter',
);

const scheduleText = z
  .string('rate(…) or cron(…)')
  .meta({ description: 'rate(…) or cron(…), as EventBridge writes them', pattern: '^(rate|cron)\\(.+\\)$' });

const schedule = scheduleText.superRefine((value, context) => {
  const problem = checkSchedule(value);
  if (problem !== null) {
    context.addIssue({ code: 'custom', message: `a schedule of EventBridge: ${problem}` });
  }
});

const slots = mapping({
  limit: wholeNumber(1, MAX_SLOTS),
  keepFree: wholeNumber(0, MAX_SLOTS).default(0),
  reserved: wholeNumber(0, MAX_SLOTS).default(0),
}).superRefine(({ limit, keepFree, reserved }, context) => {
  if (context.issues.length > 0) {
    return;
  }
  if (reserved >= limit) {
    const message = `fewer slots reserved for superusers than the limit of ${limit}`;
    context.addIssue({ code: 'custom', path: ['reserved'], message });
  } else if (keepFree >= limit - reserved) {
    const most = reserved === 0 ? `limit of ${limit}` : `${limit - reserved} that are not reserved for superusers`;
    context.addIssue({ code: 'custom', path: ['keepFree'], message: `fewer slots to keep free than the ${most}` });
  }
});

const pressure = mapping({
  terminate: z.enum(['always', 'below-keep-free'], 'always or below-keep-free').default(NO_PRESSURE.terminate),
  steps: wholeNumber(1, 10).default(NO_PRESSURE.steps),
});

const factor = (most: number) => {
  const expected = `a factor above 1, at most ${most}, or null for none`;
  return z.number(expected).gt(1, expected).max(most, expected).nullable();
};

const sanity = mapping({
  minBackends: wholeNumber(0, MAX_SLOTS).default(DEFAULT_SANITY.minBackends),
  maxShrink: factor(1_000).default(DEFAULT_SANITY.maxShrink),
  maxGrowth: factor(1_000).default(DEFAULT_SANITY.maxGrowth),
  compareRuns: wholeNumber(1, 50).default(DEFAULT_SANITY.compareRuns),
});

const caps = mapping({
  maxTerminations: wholeNumber(0, MAX_SLOTS).default(20),
  maxShare: share().default(0.5),
});

/** One target, but for its name and the rules of its policy. */
export const targetSchema = mapping({
  engine: z.literal('redshift', 'redshift, the only engine that this version knows'),
  cluster: pattern(
    /^(?=.{1,63}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    'the identifier of a provisioned cluster: lower-case letters, digits and single hyphens, at most 63',
  ),
  database: text('the name of a database'),
  dbUser: text('the name of a database user').optional(),
  secretArn: pattern(/^arn:[a-z-]+:secretsmanager:\S+$/, 'the ARN of a Secrets Manager secret').optional(),
  schedule: schedule.nullable().default(null),
  slots,
  caps: caps.prefault({}),
  pressure: pressure.prefault({}),
  sanity: sanity.prefault({}),
  policy: z.string('the name of a policy'),
  pool: poolSchema.optional(),
}).superRefine(({ pool, slots, dbUser }, context) => {
  if (pool === undefined || context.issues.length > 0) {
    return;
  }
  for (const { key, expected } of findBoundConflicts(pool, unreserved(slots))) {
    context.addIssue({ code: 'custom', path: ['pool', key], message: expected });
  }
  if (dbUser !== undefined && admitsUser(pool.dbUser, dbUser)) {
    const message = `a database user that no tenant id turns into ${dbUser}, by which Slotkeeper itself signs in`;
    context.addIssue({ code: 'custom', path: ['pool', 'dbUser'], message });
  }
});
