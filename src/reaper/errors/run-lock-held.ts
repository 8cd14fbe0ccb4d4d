import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** Another run of the same target is under way; this one has nothing to do. */
export class RunLockHeld extends SlotkeeperError {
  constructor(target: string, holder: string, expiresAt: string) {
    super(
      'RunLockHeld',
      `Run ${holder} has the lock of target ${target} until ${expiresAt} at the latest. This run is skipped.`,
    );
  }
}
