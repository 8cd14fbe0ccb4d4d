import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** A run was asked for a target that the configuration does not have. */
export class TargetUnknown extends SlotkeeperError {
  constructor(target: string, known: readonly string[]) {
    const names = known.length === 0 ? 'none' : [...known].sort().join(', ');
    super(
      'TargetUnknown',
      `Expected a target of slotkeeper.yml (${names}), got ${JSON.stringify(target)}. Nothing was done.`,
    );
  }
}
