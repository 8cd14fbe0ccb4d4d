import * as z from 'zod';
import type { BackendRecord } from '../../lifecycle/backend-record.ts';
import type { LifecycleEvent } from '../../lifecycle/lifecycle-event.ts';
import { OUTCOMES, type Outcome } from '../../lifecycle/outcome.ts';
import type { PlanMember } from '../../policy/plan.ts';
import { NOTICE_STATES } from '../../session-table/notice-record.ts';
import { activityFields, moment, ownerByField, poolField, sessionFields, wholeUserField } from './session-json.ts';

/** A backend on which a plan acts, and what became of it. */
export const memberJson = z.strictObject({
  action: z.enum(['warn', 'terminate']),
  ...sessionFields,
  wholeUser: wholeUserField,
  ...activityFields,
  pool: poolField(['idle', 'draining', 'orphan']),
  rule: z.string(),
  code: z.string().meta({ description: 'One word for the decision, e.g. due-warning.' }),
  reasons: z.array(
    z.strictObject({
      clause: z.string(),
      measured: z.union([z.string(), z.number(), z.boolean(), z.null()]),
      limit: z.union([z.string(), z.number(), z.boolean(), z.null()]),
      held: z.boolean(),
    }),
  ),
  owner: z.string().nullable(),
  ownerBy: ownerByField,
  endsAt: moment.nullable().meta({ description: 'When it may be ended at the earliest; null: never by this rule.' }),
  warnedAt: moment
    .nullable()
    .meta({ description: 'When the owner was told; null: not told, or not recorded any more.' }),
  notice: z
    .enum(NOTICE_STATES)
    .nullable()
    .meta({ description: 'What became of the notice that was to tell its owner; null: none was planned.' }),
  outcome: z
    .enum(OUTCOMES)
    .nullable()
    .meta({ description: 'What this run saw of it after its termination; null: no termination by this run.' }),
});

export type MemberJson = z.infer<typeof memberJson>;

/**
 * @param notice what became of the member's notice; null: it has none
 * @param record what the table knows of the backend now; null: nothing
 * @param runId whose plan it is: the warning and the outcome are taken from the story up to what this run did
 */
export function toMemberJson(
  member: PlanMember,
  record: BackendRecord | null,
  runId: string,
  notice: MemberJson['notice'] = null,
): MemberJson {
  const story = record === null ? [] : storyUntil(record, member, `run:${runId}`);
  return {
    action: member.action,
    ...member.identity,
    wholeUser: member.wholeUser ?? null,
    database: member.database,
    application: member.application,
    clientHost: member.clientHost,
    activity: member.activity,
    lastActiveAt: member.lastActiveAt,
    idleSeconds: member.idleSeconds,
    pool: member.standing?.kind ?? null,
    rule: member.rule,
    code: member.code,
    reasons: [...member.reasons],
    owner: member.owner,
    ownerBy: member.ownerBy ?? null,
    endsAt: member.endsAt,
    warnedAt: warnedAt(story),
    notice,
    outcome: outcomeBy(story, `run:${runId}`),
  };
}

/** The events up to the newest one of this run; all of them where it wrote none and the idle spell is still the same. */
function storyUntil(record: BackendRecord, member: PlanMember, by: string): readonly LifecycleEvent[] {
  const newest = record.events.findLastIndex((event) => event.by === by);
  if (newest >= 0) {
    return record.events.slice(0, newest + 1);
  }
  return record.lastActiveAt === member.lastActiveAt ? record.events : [];
}

/** When the owner was told; a warning from before a recovery does not count, one before a termination does. */
function warnedAt(story: readonly LifecycleEvent[]): string | null {
  const untilEnd = story.filter((event) => event.detail['outcome'] === undefined);
  const spell = untilEnd.slice(untilEnd.findLastIndex((event) => event.type === 'recovered') + 1);
  return spell.findLast((event) => event.type === 'warned')?.at ?? null;
}

function outcomeBy(story: readonly LifecycleEvent[], by: string): Outcome | null {
  const settled = story.findLast((event) => event.by === by && event.detail['outcome'] !== undefined);
  return OUTCOMES.find((outcome) => outcome === settled?.detail['outcome']) ?? null;
}
