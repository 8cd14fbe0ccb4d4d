import type { DataApiTarget } from '../config/target-config.ts';

/**
 * Where a kept Data API session signed in, and as whom, as one comparable text. A session goes on as the user that
 * opened it, so it must not outlive a change of the target in `slotkeeper.yml`.
 */
export function signInOf(target: DataApiTarget): string {
  const { database, secretArn } = target;
  return target.engine === 'redshift'
    ? JSON.stringify({ cluster: target.cluster, database, dbUser: target.dbUser, secretArn })
    : JSON.stringify({ workgroup: target.workgroup, database, secretArn });
}
