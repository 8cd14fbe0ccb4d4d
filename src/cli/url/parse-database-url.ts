import type { PostgresTls } from '../../config/target-config.ts';
import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import { chooseTls } from './choose-tls.ts';

/** Where a `--url` points to, and how to sign in there. */
export interface DatabaseUrl {
  /** Lower case; a folder that begins with `/` is that of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Null: the URL has none. The client then looks at PGPASSWORD and ~/.pgpass. */
  readonly password: string | null;
  readonly tls: PostgresTls;
  /** The URL without its password, for people to read and to use again. */
  readonly shown: string;
  /** What was taken otherwise than the URL says. */
  readonly notes: readonly string[];
}

/** What is used where the URL says nothing, as libpq does (PostgreSQL documentation, "libpq: Environment Variables"). */
export interface UrlDefaults {
  /** Name of the person at the keyboard. */
  readonly osUser: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const PORT = 5432;
const EXPECTED = 'Expected --url to be postgres://user@host:port/database';
/** What Slotkeeper understands of libpq's URI parameters. */
const PARAMETERS = ['sslmode', 'sslrootcert', 'host', 'application_name', 'connect_timeout'];

/**
 * Reads the URL of a PostgreSQL server. Messages never repeat the URL: it may have a password in it.
 *
 * @throws SlotkeeperError named UsageError
 */
export function parseDatabaseUrl(text: string, { osUser, env }: UrlDefaults): DatabaseUrl {
  const url = readUrl(text);
  for (const name of url.searchParams.keys()) {
    if (!PARAMETERS.includes(name)) {
      throw usage(`${EXPECTED}, with the parameters ${PARAMETERS.join(', ')} at most; got the parameter "${name}".`);
    }
  }
  const host = (decode(url.hostname) || url.searchParams.get('host') || env['PGHOST'] || '').toLowerCase();
  if (host === '') {
    throw usage(`${EXPECTED}; it names no host.`);
  }
  const user = decode(url.username) || env['PGUSER'] || osUser;
  const database = decode(url.pathname.replace(/^\//, '')) || env['PGDATABASE'] || user;
  const port = url.port === '' ? portOf(env['PGPORT']) : Number(url.port);
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  const { tls, note } = chooseTls(bare, {
    sslmode: url.searchParams.get('sslmode') ?? env['PGSSLMODE'] ?? null,
    sslrootcert: url.searchParams.get('sslrootcert') ?? env['PGSSLROOTCERT'] ?? null,
  });
  return {
    host: bare,
    port,
    database,
    user,
    password: url.password === '' ? null : decode(url.password),
    tls,
    shown: show(url, { host, port, database, user }),
    notes: note === null ? [] : [note],
  };
}

function readUrl(text: string): URL {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase() ?? '';
  if (scheme.startsWith('redshift') || scheme.startsWith('jdbc')) {
    throw usage(
      `${EXPECTED}; got a ${scheme} address. Redshift is reached through its Data API: describe the cluster in slotkeeper.yml and deploy, or see docs/laptop.md.`,
    );
  }
  if (scheme !== 'postgres' && scheme !== 'postgresql') {
    throw usage(`${EXPECTED}; got ${scheme === '' ? 'no scheme' : `the scheme ${scheme}`}.`);
  }
  const url = URL.parse(text);
  if (url === null) {
    throw usage(`${EXPECTED}; it cannot be read. Write special characters of a name or a password as %XX.`);
  }
  // A password with an unescaped / ? or # ends up there, and would be shown as the database or a parameter.
  if (/@/.test(url.pathname + url.search) || url.pathname.slice(1).includes('/') || url.hash !== '') {
    throw usage(
      `${EXPECTED}; got a / @ or # where none can be. Write special characters of a name or a password as %XX.`,
    );
  }
  return url;
}

function portOf(text: string | undefined): number {
  const port = Number(text ?? PORT);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw usage(`Expected PGPORT to be a port from 1 to 65535, got "${text}".`);
  }
  return port;
}

function decode(part: string): string {
  let name: string;
  try {
    name = decodeURIComponent(part);
  } catch (cause) {
    throw usage(`${EXPECTED}; a % in it does not begin an escape such as %40. Write % itself as %25.`, cause);
  }
  // It would end the name in what is sent to the server, and begin the next setting of the connection.
  if (name.includes('\0')) {
    throw usage(`${EXPECTED}; a part of it has a NUL character (%00), which no name and no password can have.`);
  }
  return name;
}

function show(
  url: URL,
  { host, port, database, user }: { host: string; port: number; database: string; user: string },
) {
  const query = url.searchParams.toString();
  const address = host.startsWith('/') ? '' : port === PORT ? host : `${host}:${port}`;
  return `postgres://${encodeURIComponent(user)}@${address}/${encodeURIComponent(database)}${query === '' ? '' : `?${query}`}`;
}

function usage(message: string, cause?: unknown): SlotkeeperError {
  return new SlotkeeperError('UsageError', message, cause === undefined ? {} : { cause });
}
