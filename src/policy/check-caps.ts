import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import type { Plan } from './plan.ts';
import type { Reason } from './verdict.ts';

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

/** Each cap with what a plan would end: the same comparisons as {@link checkCaps}. */
export function capClauses(
  { terminate, backends }: Plan['counts'],
  { maxTerminations, maxShare }: Caps,
): readonly [Reason, Reason] {
  return [
    {
      clause: 'terminations of the run <= caps.maxTerminations',
      measured: terminate,
      limit: maxTerminations,
      held: terminate <= maxTerminations,
    },
    {
      clause: 'terminations of the run <= caps.maxShare of all backends',
      measured: terminate,
      limit: Math.floor(maxShare * backends + ROUNDING),
      held: terminate <= maxShare * backends + ROUNDING,
    },
  ];
}

/** Whether a plan stays within the caps; answers the error that gives limit and finding. */
export function checkCaps(plan: Plan, caps: Caps): CapExceeded | null {
  const { terminate, backends } = plan.counts;
  const findings: string[] = [];
  const [number, share] = capClauses(plan.counts, caps);
  if (!number.held) {
    findings.push(`at most ${caps.maxTerminations} allowed (caps.maxTerminations: ${caps.maxTerminations})`);
  }
  if (!share.held) {
    const percent = `${Number((caps.maxShare * 100).toFixed(2))}%`;
    findings.push(
      `at most ${percent} of ${backends} backends, that is ${share.limit}, allowed (caps.maxShare: ${percent})`,
    );
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
