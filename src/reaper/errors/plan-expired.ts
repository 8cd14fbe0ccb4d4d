import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import { formatDuration } from '../../notices/format-duration.ts';

/** An approved plan was to be applied later than it is valid. */
export class PlanExpired extends SlotkeeperError {
  /** @param age seconds between the plan's look at the server and the new one; `validFor`: seconds */
  constructor(hash: string, age: number, validFor: number) {
    super(
      'PlanExpired',
      `Expected plan ${hash.slice(0, 12)} to be at most ${formatDuration(validFor)} old (runs.planValidFor), ` +
        `it is ${formatDuration(Math.floor(age))} old. Nothing was done. Look again with a dry run, and apply the plan that it comes to.`,
    );
  }
}
