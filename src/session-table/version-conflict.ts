import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** Somebody else wrote the item since it was read; nothing was changed. Read again and decide anew. */
export class VersionConflict extends SlotkeeperError {
  constructor(what: string, expectedVersion: number, options?: ErrorOptions) {
    super(
      'VersionConflict',
      `Expected ${what} at version ${expectedVersion}${expectedVersion === 0 ? ' (not to exist yet)' : ''}, but it has been written since. Nothing was changed; read it again.`,
      options,
    );
  }
}
