import { createHash } from 'node:crypto';
import { join } from 'node:path';

/**
 * Where runs about a server are remembered unless `--data` says otherwise: below the user's state directory (XDG Base
 * Directory Specification, `XDG_STATE_HOME`), one folder per host, port and database. It does not depend on who signs
 * in: another role finds the warnings of the first.
 */
export function dataFolderOf(
  { host, port, database }: { readonly host: string; readonly port: number; readonly database: string },
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const state = env['XDG_STATE_HOME']?.startsWith('/') === true ? env['XDG_STATE_HOME'] : join(home, '.local', 'state');
  const hash = createHash('sha256')
    .update(JSON.stringify([host, port, database]))
    .digest('hex')
    .slice(0, 16);
  return join(state, 'slotkeeper', hash);
}
