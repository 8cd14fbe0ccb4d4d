import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** So many changes are told one by one; an execution's cause has room for them. */
const TOLD = 20;

/** A member of an approved plan is no longer as it was approved; the plan is refused whole. */
export class PlanChanged extends SlotkeeperError {
  /** @param changes one sentence per member that changed, at least one */
  constructor(hash: string, changes: readonly string[], members: number) {
    const told = changes.slice(0, TOLD).join('; ');
    const more = changes.length > TOLD ? `; and ${changes.length - TOLD} more` : '';
    super(
      'PlanChanged',
      `Expected every member of plan ${hash.slice(0, 12)} (${members}) as it was approved, ${changes.length} changed: ` +
        `${told}${more}. Nothing was done. Look again with a dry run, and apply the plan that it comes to.`,
    );
  }
}
