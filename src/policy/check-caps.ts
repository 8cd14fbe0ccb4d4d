import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import type { Plan } from './plan.ts';

/** A plan would end more backends than a run may. It is refused whole: which to spare is no question of luck. */
export class CapExceeded extends SlotkeeperError {
  constructor(message: string, options?: ErrorOptions) {
    super('CapExceeded', message, options);
  }
}

/** Most terminations of one run. */
export interface Caps {
  readonly maxTerminations: number;
  /** Share (0 to 1) of all backends seen. */
  readonly maxShare: number;
}

/** Shares such as 0.07 are no exact binary numbers; a cap is not exceeded by their rounding. */
const ROUNDING = 1e-9;

/** Whether a plan stays within the caps; answers the error that gives limit and finding. */
export function checkCaps(plan: Plan, caps: Caps): CapExceeded | null {
  const { terminate, backends } = plan.counts;
  const findings: string[] = [];
  if (terminate > caps.maxTerminations) {
    findings.push(`at most ${caps.maxTerminations} allowed (caps.maxTerminations: ${caps.maxTerminations})`);
  }
  if (terminate > caps.maxShare * backends + ROUNDING) {
    const share = `${Number((caps.maxShare * 100).toFixed(2))}%`;
    const most = Math.floor(caps.maxShare * backends + ROUNDING);
    findings.push(`at most ${share} of ${backends} backends, that is ${most}, allowed (caps.maxShare: ${share})`);
  }
  if (findings.length === 0) {
    return null;
  }
  const planned = `${terminate} ${terminate === 1 ? 'termination' : 'terminations'} planned`;
  return new CapExceeded(
    `${planned} for target '${plan.target}', ${findings.join(' and ')}; nothing was ended. ` +
      'Look at the plan, then correct the rule that is too wide, or raise the cap in slotkeeper.yml.',
  );
}
