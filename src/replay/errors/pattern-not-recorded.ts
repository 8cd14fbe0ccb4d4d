import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** A policy asks for names by a pattern, and the recording has only hashes and does not know which of them fit it. */
export class PatternNotRecorded extends SlotkeeperError {
  constructor(pattern: string, source: string) {
    super(
      'PatternNotRecorded',
      `Expected the names of ${source} to be known for the pattern '${pattern}', but they are hashed, and only the patterns of the policy that was in use then are known. ` +
        'Replay a policy with the same patterns, or record without --hash-names.',
    );
  }
}
