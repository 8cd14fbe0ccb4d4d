import type { SlotkeeperConfig, TargetConfig } from '../config/slotkeeper-config.ts';
import { findOwner, type OwnerDirectory } from '../policy/find-owner.ts';
import { hashText } from '../policy/hash-text.ts';
import type { Snoozing } from '../policy/honour-tags.ts';
import { type JudgeInput, judge } from '../policy/judge.ts';
import { makePlan } from '../policy/make-plan.ts';
import type { Plan } from '../policy/plan.ts';
import type { SnoozeBounds } from '../policy/snooze-bounds.ts';

/** What of a configuration decides about a target's backends. */
export interface Policy extends Pick<TargetConfig, 'rules' | 'slots' | 'pressure' | 'caps'> {
  readonly notices: OwnerDirectory;
  /** How far tags are honoured; absent: not at all. */
  readonly snooze?: SnoozeBounds;
}

export function policyOf(target: TargetConfig, { notices }: Pick<SlotkeeperConfig, 'notices'>): Policy {
  const { rules, slots, pressure, caps } = target;
  const { defaultOwner, owners, ownerTag, snooze } = notices;
  const directory = { defaultOwner, owners, ...(ownerTag === undefined ? {} : { ownerTag }) };
  return { rules, slots, pressure, caps, notices: directory, snooze };
}

/** SHA-256 (hex): equal policies have equal hashes, wherever they stand. */
export function hashPolicy({ rules, slots, pressure, caps, notices, snooze }: Policy): string {
  return hashText(JSON.stringify([rules, slots, pressure, caps, notices, snooze]));
}

/** What the policy would have planned. */
export function planBy(
  policy: Policy,
  seen: Pick<JudgeInput, 'snapshot' | 'records' | 'standings' | 'holds' | 'now'> & {
    readonly snoozesUsed: Snoozing['used'];
  },
): Plan {
  const { rules, slots, pressure, notices, snooze } = policy;
  const { snoozesUsed: used, ...rest } = seen;
  const snoozing = snooze === undefined ? undefined : { bounds: snooze, used };
  const ownerOf: JudgeInput['ownerOf'] = (backend, rule) => findOwner(backend, rule, notices);
  return makePlan(seen.snapshot, judge({ ...rest, snoozing, rules, slots, pressure, ownerOf }));
}
