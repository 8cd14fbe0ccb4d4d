import { backendKey } from '../lifecycle/backend-key.ts';
import { checkCaps } from '../policy/check-caps.ts';
import type { JudgeInput } from '../policy/judge.ts';
import type { Plan } from '../policy/plan.ts';
import { hashPolicy, type Policy } from './policy.ts';
import type { Recording } from './recording.ts';

/**
 * Keeps what a plan was made of.
 *
 * @param mayAct whether whoever made the plan goes on to act on it if the caps allow
 */
export function makeRecording(
  {
    snapshot,
    records,
    standings,
    holds,
    snoozing,
    now,
  }: Pick<JudgeInput, 'snapshot' | 'records' | 'standings' | 'holds' | 'snoozing' | 'now'>,
  policy: Policy,
  plan: Plan,
  mayAct: boolean,
): Recording {
  return {
    target: snapshot.target,
    now: now.toISOString(),
    policyHash: hashPolicy(policy),
    planHash: plan.hash,
    acts: mayAct && checkCaps(plan, policy.caps) === null,
    snapshot,
    // Their histories decide nothing, and are the larger part.
    records: records.map((record) => ({ ...record, events: [], eventsDropped: 0 })),
    standings: snapshot.backends.flatMap(({ identity }) => {
      const standing = standings.get(backendKey(identity));
      return standing === undefined ? [] : [{ identity, standing }];
    }),
    ...(snoozing === undefined
      ? {}
      : {
          snoozesUsed: snapshot.backends.flatMap(({ identity }) => {
            const count = snoozing.used.get(backendKey(identity));
            return count === undefined ? [] : [{ identity, count }];
          }),
        }),
    ...(holds === undefined || holds.size === 0 ? {} : { holds: [...holds.values()] }),
  };
}
