import { isLoopback } from '../../config/postgres-target-schema.ts';
import type { PostgresTls } from '../../config/target-config.ts';
import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

/**
 * Turns libpq's parameters (PostgreSQL documentation, "libpq: SSL Support") into one of the two that Slotkeeper has.
 *
 * Off loopback a connection is always encrypted and the server always proven: a password that is sent to whoever answers
 * is given away, and so is the right to end sessions. What libpq would do less strictly is raised to that, with a note;
 * `disable` is refused. On loopback, where a tunnel ends, TLS is off unless it is asked for.
 *
 * @param host without the brackets of IPv6; one that begins with `/` is the folder of a Unix socket
 * @throws SlotkeeperError named UsageError
 */
export function chooseTls(
  host: string,
  { sslmode, sslrootcert }: { readonly sslmode: string | null; readonly sslrootcert: string | null },
): { tls: PostgresTls; note: string | null } {
  const mode = MODES.find((known) => known === sslmode);
  if (sslmode !== null && mode === undefined) {
    throw new SlotkeeperError('UsageError', `Expected sslmode to be one of ${MODES.join(', ')}; got "${sslmode}".`);
  }
  const verified: PostgresTls = { mode: 'verify-full', ca: sslrootcert === 'system' ? null : sslrootcert };
  if (isLoopback(host) || host.startsWith('/')) {
    return mode === undefined || mode === 'disable' || mode === 'allow' || mode === 'prefer'
      ? { tls: { mode: 'off' }, note: null }
      : { tls: verified, note: mode === 'verify-full' ? null : raised(mode) };
  }
  if (mode === 'disable') {
    throw new SlotkeeperError(
      'UsageError',
      `Expected a connection to ${host} to be encrypted; sslmode=disable is accepted for this machine only (localhost, 127.0.0.1, ::1, a Unix socket). ` +
        'Leave sslmode out, or open a tunnel (ssh -L) and name its end here.',
    );
  }
  return { tls: verified, note: mode === undefined || mode === 'verify-full' ? null : raised(mode) };
}

function raised(mode: string): string {
  return `sslmode=${mode} is taken as verify-full: the server's certificate and name are checked. For a certificate authority of your own add sslrootcert=<file>.`;
}
