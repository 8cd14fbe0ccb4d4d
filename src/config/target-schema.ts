import * as z from 'zod';
import { DEFAULT_SANITY } from '../policy/check-sanity.ts';
import { NO_PRESSURE } from '../policy/pressure-policy.ts';
import { unreserved } from '../policy/slots.ts';
import { tenantOfSecret } from '../pool/tenant-secret.ts';
import { checkSchedule } from './check-schedule.ts';
import { mapping, pattern, share, text, wholeNumber } from './fields.ts';
import { admitsUser, findBoundConflicts, poolSchema, workgroupPoolSchema } from './pool-schema.ts';
import { isLoopback, postgresKeys } from './postgres-target-schema.ts';
import { thrashSchema } from './thrash-schema.ts';
import { workgroupKeys } from './workgroup-target-schema.ts';

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

const common = {
  schedule: schedule.nullable().default(null),
  enabled: z.boolean('true or false').default(true),
  slots,
  caps: caps.prefault({}),
  pressure: pressure.prefault({}),
  sanity: sanity.prefault({}),
  thrash: thrashSchema.nullable().prefault({}),
  policy: z.string('the name of a policy'),
};

const database = text('the name of a database');
const secretArn = pattern(/^arn:[a-z-]+:secretsmanager:\S+$/, 'the ARN of a Secrets Manager secret').optional();

const redshift = mapping({
  engine: z.literal('redshift'),
  cluster: pattern(
    /^(?=.{1,63}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    'the identifier of a provisioned cluster: lower-case letters, digits and single hyphens, at most 63',
  ),
  database,
  dbUser: text('the name of a database user').optional(),
  secretArn,
  ...common,
  pool: poolSchema.optional(),
}).superRefine(({ pool, slots, dbUser }, context) => {
  refusePoolConflicts({ pool, slots }, context);
  if (pool !== undefined && dbUser !== undefined && context.issues.length === 0 && admitsUser(pool.dbUser, dbUser)) {
    const message = `a database user that no tenant id turns into ${dbUser}, by which Slotkeeper itself signs in`;
    context.addIssue({ code: 'custom', path: ['pool', 'dbUser'], message });
  }
});

const redshiftServerless = mapping({
  engine: z.literal('redshift-serverless'),
  ...workgroupKeys,
  database,
  secretArn,
  ...common,
  pool: workgroupPoolSchema.optional(),
}).superRefine(({ pool, slots, secretArn }, context) => {
  refusePoolConflicts({ pool, slots }, context);
  if (pool !== undefined && secretArn !== undefined && context.issues.length === 0) {
    const tenant = tenantOfSecret(pool.secret, secretArn);
    if (tenant !== null) {
      const message = `a secret that tenant ${tenant} does not share with Slotkeeper itself (secretArn)`;
      context.addIssue({ code: 'custom', path: ['pool', 'secret'], message });
    }
  }
});

const postgres = mapping({ engine: z.literal('postgres'), ...postgresKeys, ...common }).superRefine(
  ({ host, tls }, context) => {
    if (context.issues.length === 0 && tls.mode === 'off' && !isLoopback(host)) {
      const message = 'verify-full: without TLS only servers of this machine are spoken to (localhost, 127.0.0.1, ::1)';
      context.addIssue({ code: 'custom', path: ['tls', 'mode'], message });
    }
  },
);

/** One target, but for its name and the rules of its policy. Which keys it has, its engine tells. */
export const targetSchema = z.discriminatedUnion('engine', [redshift, redshiftServerless, postgres], {
  error: (issue) =>
    issue.code === 'invalid_union'
      ? 'one of the engines redshift, redshift-serverless, postgres'
      : `a mapping with the keys ${Object.keys(redshift.shape).join(', ')}`,
});

function refusePoolConflicts(
  { pool, slots: targetSlots }: { pool?: z.infer<typeof poolSchema> | undefined; slots: z.infer<typeof slots> },
  context: z.core.$RefinementCtx,
): void {
  for (const { key, expected } of pool === undefined || context.issues.length > 0
    ? []
    : findBoundConflicts(pool, unreserved(targetSlots))) {
    context.addIssue({ code: 'custom', path: ['pool', key], message: expected });
  }
}
