import { DatabaseUnknown } from './direct-errors/database-unknown.ts';
import type { DirectWarehouseFailed, ServerPlace } from './direct-errors/direct-warehouse-failed.ts';
import { HostUnknown } from './direct-errors/host-unknown.ts';
import { NoSlotLeft } from './direct-errors/no-slot-left.ts';
import { PermissionRefused } from './direct-errors/permission-refused.ts';
import { QueryRefused } from './direct-errors/query-refused.ts';
import { ServerGone } from './direct-errors/server-gone.ts';
import { ServerUnreachable } from './direct-errors/server-unreachable.ts';
import { SignInRefused } from './direct-errors/sign-in-refused.ts';
import { StatementTimedOut } from './direct-errors/statement-timed-out.ts';
import { TlsFailed } from './direct-errors/tls-failed.ts';

type Failure = new (place: ServerPlace, code: string | null, cause: unknown) => DirectWarehouseFailed;

/** By SQLSTATE (PostgreSQL manual, appendix "PostgreSQL Error Codes"). */
const BY_STATE: Readonly<Record<string, Failure>> = {
  '28P01': SignInRefused,
  '28000': SignInRefused,
  '3D000': DatabaseUnknown,
  '53300': NoSlotLeft,
  '57014': StatementTimedOut,
  '57P01': ServerGone,
  '57P02': ServerGone,
  '57P03': ServerUnreachable,
  '57P04': ServerGone,
  '57P05': ServerGone,
};

/** By the code of Node's system errors. */
const BY_CODE: Readonly<Record<string, Failure>> = {
  ENOTFOUND: HostUnknown,
  EAI_AGAIN: HostUnknown,
  ECONNREFUSED: ServerUnreachable,
  EHOSTUNREACH: ServerUnreachable,
  ENETUNREACH: ServerUnreachable,
  ETIMEDOUT: ServerUnreachable,
  ECONNRESET: ServerGone,
  EPIPE: ServerGone,
};

/** How far a connection had come when something went wrong. */
export type ConnectionPhase =
  /** No answer of any kind yet. */
  | 'reaching'
  /** TLS was asked for and is not agreed upon yet. */
  | 'encrypting'
  /** Encrypted, or as plain as it is to be, but not signed in yet. */
  | 'signing-in'
  /** The connection stands, but the two cannot agree how the user proves who he is. */
  | 'proving'
  | 'open';

/** Where neither the server nor the system has a code for it; Node's TLS errors have dozens. */
const BY_PHASE: Readonly<Record<ConnectionPhase, Failure>> = {
  reaching: ServerUnreachable,
  encrypting: TlsFailed,
  'signing-in': ServerGone,
  proving: SignInRefused,
  open: ServerGone,
};

/**
 * What a client's error means, told by SQLSTATE, system code and how far the connection had come, never by its text.
 */
export function postgresFailure(error: unknown, place: ServerPlace, phase: ConnectionPhase): DirectWarehouseFailed {
  const code = codeOf(error);
  return new (chooseClass(code, phase))(place, code, error);
}

function chooseClass(code: string | null, phase: ConnectionPhase): Failure {
  const state = code !== null && /^[0-9A-Z]{5}$/.test(code) ? code : null;
  const known = state === null ? BY_CODE[code ?? ''] : BY_STATE[state];
  if (known !== undefined) {
    return known;
  }
  if (state !== null) {
    const isConnection = state.startsWith('08');
    // While it signs in, 42501 is CONNECT on the database.
    const isDenied = state === '42501';
    return isConnection
      ? ServerGone
      : !isDenied
        ? QueryRefused
        : phase === 'open'
          ? PermissionRefused
          : DatabaseUnknown;
  }
  return BY_PHASE[phase];
}

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) {
    return null;
  }
  if ('code' in error && typeof error.code === 'string') {
    return error.code;
  }
  // A name with several addresses fails as one error per address.
  return error instanceof AggregateError ? codeOf(error.errors[0]) : null;
}
