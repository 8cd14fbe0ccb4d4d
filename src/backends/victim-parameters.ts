import { md5 } from '@noble/hashes/legacy.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { BackendIdentity } from './backend-identity.ts';

/** Redshift's `varchar` ends at 65,535 bytes (AWS page r_Character_types); a chunk stays well below. */
const CHUNK_BYTES = 60_000;

/**
 * The victims of a guarded statement of the Data API as its parameters `victims_0`, `victims_1`, …: keys
 * `|pid@start@md5(user)|`, several thousand characters each, the start as 14 digits. The hash makes any name harmless inside
 * a key (blanks, quotes, `|`, line breaks, UTF-8).
 *
 * @throws RangeError when there is no victim, or when they are of more than one target
 */
export function victimParameters(victims: readonly BackendIdentity[]): Record<string, string> {
  const targets = new Set(victims.map((victim) => victim.target));
  if (targets.size !== 1) {
    throw new RangeError(`Expected victims of exactly one target, got ${victims.length} of ${targets.size} targets.`);
  }
  const chunks = chunkKeys(victims.map(victimKey));
  return Object.fromEntries(chunks.map((chunk, index) => [`victims_${index}`, chunk]));
}

function victimKey({ pid, startedAt, user }: BackendIdentity): string {
  const start = startedAt.replace(/\D/g, '').slice(0, 14);
  return `|${pid}@${start}@${bytesToHex(md5(utf8ToBytes(user)))}|`;
}

/** Keys are ASCII: characters are bytes. */
function chunkKeys(keys: readonly string[]): string[] {
  const chunks: string[] = [];
  let chunk = '';
  for (const key of keys) {
    if (chunk.length + key.length > CHUNK_BYTES) {
      chunks.push(chunk);
      chunk = '';
    }
    chunk += key;
  }
  return [...chunks, chunk];
}

/** The condition that a row is one of the victims, its key built by the SQL given. */
export function isVictimSql(parameters: Record<string, string>, key: string): string {
  return Object.keys(parameters)
    .map((name) => `strpos(cast(:${name} as varchar(65535)), ${key}) > 0`)
    .join('\n    or ');
}
