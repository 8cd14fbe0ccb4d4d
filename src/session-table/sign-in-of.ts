import type { TargetConfig } from '../config/slotkeeper-config.ts';

/**
 * Where a kept Data API session signed in, and as whom, as one comparable text. A session goes on as the user that
 * opened it, so it must not outlive a change of the target in `slotkeeper.yml`.
 */
export function signInOf({ cluster, database, dbUser, secretArn }: TargetConfig): string {
  return JSON.stringify({ cluster, database, dbUser, secretArn });
}
