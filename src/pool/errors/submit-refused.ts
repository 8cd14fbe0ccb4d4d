import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** Why a submission was refused before it ran. */
export type RefusalReason = 'sessions-exceeded' | 'statements-exceeded' | 'throttled' | 'lease-over';

/** A statement was not taken; nothing ran, so it may be submitted again. */
export class SubmitRefused extends SlotkeeperError {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, target: string, options?: ErrorOptions) {
    super('SubmitRefused', `Target ${target} did not take a statement (${reason}); nothing was run.`, options);
    this.reason = reason;
  }
}
