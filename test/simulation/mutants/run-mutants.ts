import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import pMap from 'p-map';
import * as z from 'zod';
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const HOOKS = new URL('./apply-mutant.ts', import.meta.url).href;

const answer = z.object({
  seed: z.number().nullable(),
  violation: z.object({ promise: z.string(), what: z.string() }).nullable(),
});

/** Which seed found a mutant, and by which promise; null: none did. */
export interface Caught {
  readonly mutant: Mutant;
  readonly seed: number | null;
  readonly promise: string | null;
}

/** Tries a mutant in a process of its own, on seeds from 1 on until one finds it. */
export async function tryMutant(mutant: Mutant, seeds: number, from = 1): Promise<Caught> {
  const output = await new Promise<string>((resolve, reject) => {
    const args = ['--import', HOOKS, MAIN, '--json', '--seeds', String(seeds), '--from', String(from)];
    const env = { ...process.env, SIMULATED_MUTANT: mutant.name };
    execFile(process.execPath, args, { env, encoding: 'utf8' }, (error, stdout, stderr) => {
      // 1 is the exit code of a broken promise, which is what is hoped for.
      if (error !== null && stdout.trim() === '') {
        reject(new Error(`Expected mutant '${mutant.name}' to run: ${stderr.slice(0, 2_000)}`, { cause: error }));
      } else {
        resolve(stdout);
      }
    });
  });
  const { seed, violation } = answer.parse(JSON.parse(output));
  return { mutant, seed, promise: violation?.promise ?? null };
}

/** Tries all of them and prints the table; answers how many survived. */
export async function runMutants(seeds: number): Promise<number> {
  const width = Math.max(...MUTANTS.map(({ name }) => name.length));
  process.stdout.write(`${'mutant'.padEnd(width)}  seed  caught by\n`);
  const results = await pMap(
    MUTANTS,
    async (mutant) => {
      const caught = await tryMutant(mutant, seeds);
      const seed = String(caught.seed ?? '-').padStart(4);
      process.stdout.write(`${mutant.name.padEnd(width)}  ${seed}  ${caught.promise ?? 'SURVIVED'}\n`);
      return caught;
    },
    { concurrency: availableParallelism() },
  );
  const survived = results.filter(({ seed }) => seed === null).length;
  process.stdout.write(
    `${results.length} mutants, ${results.length - survived} caught, each on at most ${seeds} seeds\n`,
  );
  return survived;
}
