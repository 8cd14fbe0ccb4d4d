import * as z from 'zod';
import { DEFAULT_SNOOZE_BOUNDS } from '../policy/snooze-bounds.ts';
import { apiSchema } from './api-schema.ts';
import { duration, mapping, text, wholeNumber } from './fields.ts';
import { ownersSchema, ownerTagSchema } from './owners-schema.ts';
import { ruleSchema } from './rule-schema.ts';
import { subscriptionsSchema } from './subscriptions-schema.ts';
import { nameSchema, targetSchema } from './target-schema.ts';

const DAY = 86_400;

const notices = mapping({
  defaultOwner: text('who is told when nobody else is named, such as team@example.com'),
  owners: ownersSchema,
  ownerTag: ownerTagSchema,
  snooze: mapping({
    max: duration('0s', '7d').default(DEFAULT_SNOOZE_BOUNDS.max),
    perOwnerPerDay: wholeNumber(1, 1_000).default(DEFAULT_SNOOZE_BOUNDS.perOwnerPerDay),
  }).prefault({}),
  subscriptions: subscriptionsSchema.prefault({}),
  requireConfirmed: z.boolean('true or false').default(true),
  // Runs every ten minutes come to six digests an hour: the default bounds only what goes on beside the schedule.
  rate: mapping({ messages: wholeNumber(1, 100), per: duration('1m', '7d') }).default({ messages: 12, per: 3_600 }),
});

const pollWait = duration('0s', '5m');

const runs = mapping({
  lockFor: duration('1s', '1d').default(16 * 60),
  pollWaits: z
    .array(pollWait, 'a list of durations')
    .min(1, 'at least one wait')
    .max(100, 'at most 100 waits')
    .default([1, 1, 2, 3, 5, 8, 13, 20, 30, 30]),
  settle: mapping({ rounds: wholeNumber(1, 20).default(5), wait: pollWait.default(2) }).prefault({}),
  // The Data API takes 0 to 86,400 seconds; 0 would close the session at once (AWS page data-api, "session reuse").
  sessionKeepAlive: duration('1s', '1d').default(3_600),
  retention: duration('1h', '3650d').default(90 * DAY),
  planValidFor: duration('1s', '1d').default(15 * 60),
  // At most LONGEST_TURN_SECONDS, which the state machine waits.
  startWithin: duration('0s', '8m').default(60),
});

const record = <T extends z.ZodType>(value: T, expected: string) =>
  z.record(nameSchema, value, { error: (issue) => (issue.code === 'invalid_type' ? expected : undefined) });

const rules = z.array(ruleSchema, 'a list of rules').min(1, 'at least one rule');

/** `slotkeeper.yml` by its shape; what its parts must be to each other, {@link crossCheck} looks at. */
export const fileSchema = mapping({
  targets: record(targetSchema, 'a mapping from target names to targets'),
  policies: record(rules, 'a mapping from policy names to lists of rules'),
  notices,
  runs: runs.prefault({}),
  api: apiSchema.optional(),
});
