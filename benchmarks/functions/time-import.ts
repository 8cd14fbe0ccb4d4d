import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { WrongResult } from '../harness/wrong-result.ts';

const SCRIPT = fileURLToPath(new URL('import-once.ts', import.meta.url));

/**
 * Imports a module in a fresh process, with the flags that the deployed functions have.
 *
 * @returns milliseconds of the import alone, without the start of Node
 * @throws WrongResult when the module has no handler
 */
export async function timeImport(path: string): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--enable-source-maps', SCRIPT, path], {
    env: { PATH: process.env['PATH'] },
    timeout: 60_000,
  });
  const { took, isHandler }: { took: number; isHandler: boolean } = JSON.parse(stdout);
  if (!isHandler) {
    throw new WrongResult(path, 'to export a function named handler', 'none');
  }
  return took;
}
