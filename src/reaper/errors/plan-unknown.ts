import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** No plan of that hash is stored, or more than one begins with it. */
export class PlanUnknown extends SlotkeeperError {
  constructor(message: string) {
    super('PlanUnknown', `${message} Nothing was done. slotkeeper run --dry-run makes a plan and shows its hash.`);
  }
}
