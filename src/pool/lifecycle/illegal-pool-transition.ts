import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import type { PooledSessionRecord } from '../pooled-session.ts';

/** A verb was applied to a pooled session whose state does not allow it; nothing was changed. */
export class IllegalPoolTransition extends SlotkeeperError {
  constructor(verb: string, record: PooledSessionRecord | null, expected: string) {
    super(
      'IllegalPoolTransition',
      `Expected a pooled session that is ${expected} to ${verb}, got one that is ${record?.state ?? 'not recorded'}.`,
    );
  }
}
