import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { WrongResult } from '../harness/wrong-result.ts';

/** What one call of a function in a process of its own came to. */
export interface Called {
  readonly answer: unknown;
  /** Bytes that were resident at most when the function was imported and not called yet. */
  readonly importedBytes: number;
  /** Bytes that were resident at most in all. */
  readonly mostBytes: number;
  /** Milliseconds of the call. */
  readonly took: number;
}

export type CallInProcess = (modulePath: string, event: unknown, clockOffsetMs: number) => Promise<Called>;

/** Far more than any answer of a step, which are counts and ids. */
const MOST_OUTPUT = 16 * 1024 * 1024;

/**
 * Makes the process that a function is called in. Its script is bundled to plain JavaScript, so that Node's own reader of
 * TypeScript, which no Lambda container loads, does not count.
 *
 * @param environment the whole environment of the process
 */
export async function functionProcess(
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<CallInProcess> {
  const script = join(folder, 'call-once.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('call-once.ts', import.meta.url))],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return (modulePath, event, clockOffsetMs) =>
    new Promise((resolve, reject) => {
      const mark = randomUUID();
      const child = execFile(
        process.execPath,
        ['--enable-source-maps', script, modulePath, String(clockOffsetMs), mark],
        { env: { ...environment, PATH: process.env['PATH'] }, maxBuffer: MOST_OUTPUT, timeout: 120_000 },
        (error, stdout, stderr) => {
          const line = stdout.split('\n').find((one) => one.startsWith(mark));
          if (error !== null || line === undefined) {
            reject(new WrongResult(modulePath, 'to answer', lastWords(stderr) || error?.message || 'no answer'));
            return;
          }
          const { answer, imported, most, took } = JSON.parse(line.slice(mark.length));
          resolve({ answer, importedBytes: imported, mostBytes: most, took });
        },
      );
      child.stdin?.end(JSON.stringify(event));
    });
}

/** Where an uncaught error is told, its source is a line of minified code as long as the bundle. */
function lastWords(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && line.length < 1_000);
  return lines.slice(-10).join('\n');
}
