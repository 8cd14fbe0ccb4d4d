import { backendKey } from '../lifecycle/backend-key.ts';
import type { Plan } from './plan.ts';
import type { Verdict } from './verdict.ts';

/**
 * The verdicts of which only those on an approved plan's members act: whoever else has become due since is kept, by the
 * code `not-in-plan`.
 */
export function restrictVerdicts(verdicts: readonly Verdict[], approved: Plan): Verdict[] {
  const members = new Set(approved.members.map((member) => backendKey(member.identity)));
  return verdicts.map((verdict) =>
    verdict.action === 'keep' || members.has(backendKey(verdict.backend.identity))
      ? verdict
      : {
          ...verdict,
          action: 'keep',
          code: 'not-in-plan',
          reasons: [{ clause: 'in the approved plan', measured: false, limit: true, held: false }, ...verdict.reasons],
        },
  );
}
