import * as z from 'zod';
import { ACTIVITIES } from '../backends/activity.ts';
import { BACKEND_STATES, type BackendRecord } from '../lifecycle/backend-record.ts';
import { CLIENT_EVENT_TYPES, type ClientRecord } from '../lifecycle/client-record.ts';
import { LIFECYCLE_EVENT_TYPES } from '../lifecycle/lifecycle-event.ts';
import { OUTCOMES } from '../lifecycle/outcome.ts';
import { OWNER_LINKS } from '../policy/find-owner.ts';
import type { Plan, PlanMember } from '../policy/plan.ts';
import type { EndableStanding } from '../policy/pool-standing.ts';
import { NOTICE_STATES, type NoticeRecord } from './notice-record.ts';
import type { OwnerMailRecord } from './owner-mail-record.ts';
import type { ReaperSessionRecord } from './reaper-session-record.ts';
import { ruleShape } from './rule-shape.ts';
import type { RunRecord } from './run-record.ts';
import type { ScheduleRecord } from './schedule-record.ts';
import type { SnoozeCount } from './snooze-count.ts';

const version = z.int().min(1);
const count = z.int().min(0);
const text = z.string();
const optionalText = z.string().nullable();
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const outcome = z.enum(OUTCOMES);

const identity = z.strictObject({ target: text, pid: z.int().min(0), startedAt: text, user: text });

const lifecycleEvent = z.strictObject({
  at: text,
  type: z.enum(LIFECYCLE_EVENT_TYPES),
  by: text,
  detail: z.record(text, scalar),
});

const planCounts = z.strictObject({ backends: count, keep: count, warn: count, terminate: count, recovered: count });

export const backendShape: z.ZodType<BackendRecord> = z.strictObject({
  identity,
  state: z.enum(BACKEND_STATES),
  version,
  database: text,
  application: text,
  clientHost: text,
  lastActiveAt: text,
  rule: text,
  owner: optionalText,
  receipt: z
    .strictObject({
      messageId: text,
      at: text,
      channel: text,
      owner: text,
      runId: text,
      confirmed: count.exactOptional(),
    })
    .nullable(),
  endsAt: optionalText,
  snooze: z
    .strictObject({
      by: text,
      at: text,
      until: text,
      seconds: count,
      idleSince: text,
      announcedEnd: optionalText,
      endedBy: text.exactOptional(),
    })
    .exactOptional(),
  claim: z.strictObject({ runId: text, at: text }).nullable(),
  outcome: outcome.nullable(),
  events: z.array(lifecycleEvent),
  eventsDropped: count,
  updatedAt: text,
});

export const runShape: z.ZodType<RunRecord> = z.strictObject({
  target: text,
  runId: text,
  startedAt: text,
  dryRun: z.boolean(),
  apply: z.strictObject({ hash: text, runId: text }).exactOptional(),
  execution: text,
  state: z.enum(['running', 'succeeded', 'failed']),
  version,
  planHash: optionalText,
  counts: planCounts.nullable(),
  seen: z.strictObject({ backends: count, clockDifferenceSeconds: z.number() }).exactOptional(),
  clientsHeld: count.exactOptional(),
  kept: z.record(text, count),
  notices: z.strictObject({
    sent: count,
    failed: count,
    refused: count.exactOptional(),
    deferred: count.exactOptional(),
  }),
  unreachable: z.strictObject({ owners: z.array(text), operatorsTold: z.boolean() }).exactOptional(),
  outcomes: z.record(outcome, count),
  unclaimed: z.record(text, count),
  ends: z.strictObject({ asked: count, doubt: z.boolean() }).exactOptional(),
  eventsFailed: count,
  error: z.strictObject({ name: text, message: text }).nullable(),
  finishedAt: optionalText,
});

export const noticeShape: z.ZodType<NoticeRecord> = z.strictObject({
  target: text,
  runId: text,
  noticeId: text,
  owner: text,
  state: z.enum(NOTICE_STATES),
  version,
  messageId: optionalText,
  channel: optionalText,
  at: optionalText,
  confirmed: count.exactOptional(),
  takenOverFrom: text.exactOptional(),
  error: optionalText,
});

export const clientShape: z.ZodType<ClientRecord> = z.strictObject({
  target: text,
  id: text,
  version,
  user: text,
  application: text,
  clientHost: text,
  reconnects: count,
  limit: count,
  since: text,
  until: text,
  runId: text,
  told: z.strictObject({ messageId: text, channel: text, at: text }).nullable(),
  released: z.strictObject({ at: text, by: text }).nullable(),
  events: z.array(lifecycleEvent.extend({ type: z.enum(CLIENT_EVENT_TYPES) })),
});

export const snoozeCountShape: z.ZodType<SnoozeCount> = z.strictObject({ owner: text, day: text, count, version });

export const ownerMailShape: z.ZodType<OwnerMailRecord> = z.strictObject({
  target: text,
  owner: text,
  version,
  messages: z.array(
    z.strictObject({
      at: text,
      content: text,
      runId: text,
      noticeId: text,
      sent: z.strictObject({ messageId: text, channel: text, at: text, confirmed: count.exactOptional() }).nullable(),
    }),
  ),
});

export const reaperSessionShape: z.ZodType<ReaperSessionRecord> = z.strictObject({
  target: text,
  signIn: z.string().min(1),
  sessionId: text,
  version,
  createdAt: text,
});

export const scheduleShape: z.ZodType<ScheduleRecord> = z.strictObject({
  target: text,
  version,
  changes: z.array(z.strictObject({ did: z.enum(['paused', 'resumed']), at: text, by: text, reason: optionalText })),
});

export const runLockShape = z.strictObject({ runId: text, expiresAt: text });

const pooledSessionRef = z.strictObject({
  tenant: text,
  database: text,
  dbUser: text,
  slot: count,
  id: text,
  fence: count,
});

export const endableStanding: z.ZodType<EndableStanding> = z.union([
  z.strictObject({ kind: z.enum(['idle', 'draining']), session: pooledSessionRef }),
  z.strictObject({ kind: z.literal('orphan') }),
]);

const planMember: z.ZodType<PlanMember> = z.strictObject({
  identity,
  wholeUser: text.exactOptional(),
  action: z.enum(['warn', 'terminate']),
  rule: text,
  code: text,
  reasons: z.array(z.strictObject({ clause: text, measured: scalar, limit: scalar, held: z.boolean() })),
  owner: optionalText,
  ownerBy: z.enum(OWNER_LINKS).exactOptional(),
  endsAt: optionalText,
  database: text,
  application: text,
  clientHost: text,
  activity: z.enum(ACTIVITIES),
  lastActiveAt: text,
  idleSeconds: z.number().min(0),
  standing: endableStanding.exactOptional(),
  grace: count.exactOptional(),
  noticeId: optionalText,
});

/** A plan without its members, and where those are: `contentId` names the parts, of which there are `parts`. */
export const planHeadShape = z.strictObject({
  hash: text,
  target: text,
  takenAt: text,
  counts: planCounts,
  kept: z.record(text, count),
  policy: z
    .strictObject({
      rules: z.array(ruleShape),
      caps: z.strictObject({ maxTerminations: count, maxShare: z.number() }),
    })
    .exactOptional(),
  contentId: text,
  parts: count,
  memberCount: count,
}) satisfies z.ZodType<Omit<Plan, 'members'>>;

export const planPartShape = z.strictObject({ members: z.array(planMember) });
