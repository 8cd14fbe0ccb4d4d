import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import pMap from 'p-map';
import { answerShape } from '../simulate-many.ts';
import foundBy from './found-by.json' with { type: 'json' };
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const HOOKS = new URL('./apply-mutant.ts', import.meta.url).href;
const FOUND_BY = fileURLToPath(new URL('./found-by.json', import.meta.url));

/** By mutant: the first seed that found it. It is tried first, so that to look at all of them takes no search. */
const FOUND: Readonly<Record<string, number>> = foundBy;

/** Which seed found a mutant, and by which promise; null: none did. */
export interface Caught {
  readonly mutant: Mutant;
  readonly seed: number | null;
  readonly promise: string | null;
}

/** How mutants are tried. */
export interface MutantSearch {
  /** Most seeds for each, from 1 on. */
  readonly seeds: number;
  /** Those whose name has this text. */
  readonly only: string;
  /** Search from seed 1 on whatever is known, and remember what is found (`found-by.json`). */
  readonly anew: boolean;
}

/** Tries a mutant in a process of its own, on seeds from one on until one finds it. */
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
  const { seed, violation } = answerShape.parse(JSON.parse(output));
  return { mutant, seed, promise: violation?.promise ?? null };
}

/** Tries the mutants and prints the table; answers how many survived. */
export async function runMutants({ seeds, only, anew }: MutantSearch): Promise<number> {
  const mutants = MUTANTS.filter(({ name }) => name.includes(only));
  const width = Math.max(...mutants.map(({ name }) => name.length));
  process.stdout.write(`${'mutant'.padEnd(width)}  seed  caught by\n`);
  const results = await pMap(
    mutants,
    async (mutant) => {
      const known = anew ? undefined : FOUND[mutant.name];
      const again = known === undefined ? null : await tryMutant(mutant, 1, known);
      const caught = again === null || again.seed === null ? await tryMutant(mutant, seeds) : again;
      const seed = String(caught.seed ?? '-').padStart(4);
      process.stdout.write(`${mutant.name.padEnd(width)}  ${seed}  ${caught.promise ?? 'SURVIVED'}\n`);
      return caught;
    },
    { concurrency: availableParallelism() },
  );
  if (anew) {
    remember(results);
  }
  const survived = results.filter(({ seed }) => seed === null).length;
  process.stdout.write(
    `${results.length} mutants, ${results.length - survived} caught, by the seed that is known to or one of the first ${seeds}\n`,
  );
  return survived;
}

function remember(results: readonly Caught[]): void {
  const found = new Map(Object.entries(FOUND));
  for (const { mutant, seed } of results) {
    if (seed === null) {
      found.delete(mutant.name);
    } else {
      found.set(mutant.name, seed);
    }
  }
  const known = MUTANTS.flatMap(({ name }) => (found.has(name) ? [[name, found.get(name)] as const] : []));
  writeFileSync(FOUND_BY, `${JSON.stringify(Object.fromEntries(known), null, 2)}\n`);
}
