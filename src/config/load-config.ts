import { readFileSync } from 'node:fs';
import { InvalidConfig } from './invalid-config.ts';
import { parseConfig } from './parse-config.ts';
import type { SlotkeeperConfig } from './slotkeeper-config.ts';

/**
 * Reads and checks the configuration file.
 *
 * @throws InvalidConfig when it cannot be read or used
 */
export function loadConfig(path: string): SlotkeeperConfig {
  return parseConfig(readConfigText(path), path);
}

/**
 * The configuration file's text.
 *
 * @throws InvalidConfig when it cannot be read
 */
export function readConfigText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    const got = reason === 'ENOENT' ? 'no such file' : `a file that cannot be read (${reason})`;
    const hint = 'copy slotkeeper.yml of the repository, or name another file';
    throw new InvalidConfig(path, [{ path: '', line: null, expected: 'a configuration file', got, hint }], { cause });
  }
}
