import type { SlotkeeperConfig, TargetConfig } from '../config/slotkeeper-config.ts';
import { findOwner, type OwnerDirectory } from '../policy/find-owner.ts';
import { hashText } from '../policy/hash-text.ts';
import { type JudgeInput, judge } from '../policy/judge.ts';
import { makePlan } from '../policy/make-plan.ts';
import type { Plan } from '../policy/plan.ts';

/** What of a configuration decides about a target's backends. */
export interface Policy extends Pick<TargetConfig, 'rules' | 'slots' | 'pressure' | 'caps'> {
  readonly notices: OwnerDirectory;
}

export function policyOf(target: TargetConfig, { notices }: Pick<SlotkeeperConfig, 'notices'>): Policy {
  const { rules, slots, pressure, caps } = target;
  const { defaultOwner, owners, ownerTag } = notices;
  const directory = { defaultOwner, owners, ...(ownerTag === undefined ? {} : { ownerTag }) };
  return { rules, slots, pressure, caps, notices: directory };
}

/** SHA-256 (hex): equal policies have equal hashes, wherever they stand. */
export function hashPolicy({ rules, slots, pressure, caps, notices }: Policy): string {
  return hashText(JSON.stringify([rules, slots, pressure, caps, notices]));
}

/** What the policy would have planned. */
export function planBy(
  policy: Policy,
  seen: Pick<JudgeInput, 'snapshot' | 'records' | 'standings' | 'holds' | 'now'>,
): Plan {
  const { rules, slots, pressure, notices } = policy;
  const ownerOf: JudgeInput['ownerOf'] = (backend, rule) => findOwner(backend, rule, notices);
  return makePlan(seen.snapshot, judge({ ...seen, rules, slots, pressure, ownerOf }));
}
