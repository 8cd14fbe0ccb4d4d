import { md5 } from '@noble/hashes/legacy.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { BackendIdentity } from './backend-identity.ts';

/** Hexadecimal digits of a key: 112 bits. 2,000 keys of 32 would not go into 64 KiB. */
const KEY_DIGITS = 28;

/** The first digit of a key says in which parameter it stands. */
const FIRST_DIGITS = [...'0123456789abcdef'];

/** Redshift's `varchar` ends at 65,535 bytes (AWS page r_Character_types); a parameter stays below. */
const PARAMETER_BYTES = 60_000;

/** The columns of the session view by which a victim is known. */
export interface IdentityColumns {
  readonly pid: string;
  readonly startedAt: string;
  readonly user: string;
}

/**
 * The victims of a guarded statement of the Data API as its parameters `victims_0` … `victims_f`: a key each, which is `|`
 * and the beginning of `md5(pid@start@user)`, the start as 14 digits. Each key stands in the parameter of its first digit, so
 * that a session is looked for among a sixteenth of the victims: the time to compare everybody with everybody would grow with
 * their square. A parameter without victims is `|`, since the service takes no empty value.
 *
 * Whichever of pid, start and user differs, the key does. The hash makes any name harmless (blanks, quotes, `|`, line breaks,
 * UTF-8) and as short as another: DescribeStatement repeats the parameters, and 2,000 victims are to stay below 64 KiB there.
 *
 * @throws RangeError when there is no victim, when they are of more than one target, or too many for one statement
 */
export function victimParameters(victims: readonly BackendIdentity[]): Record<string, string> {
  const targets = new Set(victims.map((victim) => victim.target));
  if (targets.size !== 1) {
    throw new RangeError(`Expected victims of exactly one target, got ${victims.length} of ${targets.size} targets.`);
  }
  const keys = Map.groupBy(victims.map(victimKey), (key) => key.charAt(0));
  const parameters = FIRST_DIGITS.map((digit) => [nameOf(digit), `|${(keys.get(digit) ?? []).join('|')}`] as const);
  // Keys are ASCII: characters are bytes.
  if (parameters.some(([, value]) => value.length > PARAMETER_BYTES)) {
    throw new RangeError(
      `Expected at most ${PARAMETER_BYTES} bytes of victims in each parameter, got ${victims.length} victims, which are ` +
        'more. End them by several runs: lower caps.maxTerminations.',
    );
  }
  return Object.fromEntries(parameters);
}

/** The condition that a row is one of the victims. The text is the same for any victims. */
export function isVictimSql({ pid, startedAt, user }: IdentityColumns): string {
  const digest = `md5(cast(${pid} as varchar(12)) || '@' || to_char(${startedAt}, 'YYYYMMDDHH24MISS') || '@' || rtrim(${user}))`;
  const branches = FIRST_DIGITS.map((digit) => `when '${digit}' then cast(:${nameOf(digit)} as varchar(65535))`);
  return `
strpos(
    case substring(${digest}, 1, 1)
      ${branches.join('\n      ')}
    end,
    '|' || substring(${digest}, 1, ${KEY_DIGITS})
  ) > 0
`.trim();
}

function nameOf(digit: string): string {
  return `victims_${digit}`;
}

function victimKey({ pid, startedAt, user }: BackendIdentity): string {
  const start = startedAt.replace(/\D/g, '').slice(0, 14);
  return bytesToHex(md5(utf8ToBytes(`${pid}@${start}@${user}`))).slice(0, KEY_DIGITS);
}
