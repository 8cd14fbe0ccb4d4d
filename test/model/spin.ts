import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Checks the protocol as it stands in Promela, whole and with each of its weaknesses: `node test/model/spin.ts`. It needs
 * `spin` and a C compiler (Debian packages `spin` and `gcc`).
 */
const MODEL = fileURLToPath(new URL('drain.pml', import.meta.url));
const WEAKNESSES = ['NOVERSION', 'EARLY', 'NOINTENT', 'TAKEEARLY', 'UNSEEN', 'LATESEND', 'NOWAIT', 'BACKATONCE'];

const folder = mkdtempSync(join(tmpdir(), 'slotkeeper-model-'));

function run(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

/** What the verifier says of the model with this weakness; null: of the whole. */
function verify(weakness: string | null): { readonly errors: number; readonly line: string } {
  run('spin', ...(weakness === null ? [] : [`-D${weakness}`]), '-a', MODEL);
  run('cc', '-O2', '-DSAFETY', '-o', 'pan', 'pan.c');
  const told = run(join(folder, 'pan'), '-E', '-m100000');
  const errors = Number(/errors: (\d+)/.exec(told)?.[1] ?? Number.NaN);
  const states = /(\d+) states, stored/.exec(told)?.[1] ?? '?';
  const why = /pan:1: (.+)/.exec(told)?.[1];
  const name = (weakness ?? 'the whole').padEnd(12);
  return {
    errors,
    line: `${name} ${states.padStart(6)} states, errors: ${errors}${why === undefined ? '' : `, ${why}`}`,
  };
}

try {
  const whole = verify(null);
  const weak = WEAKNESSES.map(verify);
  process.stdout.write(`${[whole, ...weak].map(({ line }) => line).join('\n')}\n`);
  process.exitCode = whole.errors === 0 && weak.every(({ errors }) => errors > 0) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
