import type { BackendIdentity } from '../backends/backend-identity.ts';

/** One thing that a policy would have done. */
export interface Deed {
  /** Slotkeeper's clock, ISO 8601. */
  readonly at: string;
  readonly action: 'warn' | 'terminate';
  readonly rule: string;
  readonly owner: string | null;
}

/** All that a policy would have done to one backend. */
export interface Fate {
  readonly identity: BackendIdentity;
  readonly application: string;
  /** In the order of time. */
  readonly deeds: readonly Deed[];
  /** It would have been ended, and a later recording shows that it was used. */
  readonly usedAfterEnd: boolean;
}

/** Whether two policies do the same to a backend, at the same times and with the same people told; names of rules do not matter. */
export function isSameFate(a: Fate | undefined, b: Fate | undefined): boolean {
  return JSON.stringify(a?.deeds.map(seen) ?? []) === JSON.stringify(b?.deeds.map(seen) ?? []);
}

function seen({ at, action, owner }: Deed): readonly unknown[] {
  return [at, action, action === 'warn' ? owner : null];
}
