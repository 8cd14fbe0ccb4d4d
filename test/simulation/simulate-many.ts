import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import pMap, { pMapSkip } from 'p-map';
import * as z from 'zod';
import { runSeed, type SeedResult } from './run-seed.ts';
import { createTally, sumsShape, type Tally } from './tally.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

/** Fewer than these are done before another process has begun. */
const SEEDS_A_PROCESS = 100;

/** What a process says of its seeds (`--json`). */
export const answerShape = z.strictObject({
  seed: z.number().nullable(),
  violation: z.object({ promise: z.string(), what: z.string() }).nullable(),
  sums: sumsShape,
});

type Answer = z.infer<typeof answerShape>;

/** Of many seeds: the sums, and the first by which a promise was broken; null: none was. */
export interface Simulated {
  readonly tally: Tally;
  readonly broken: SeedResult | null;
}

/** Worlds of so many seeds, one after the other in this process, until a promise is broken. */
export async function simulateHere(from: number, seeds: number): Promise<Simulated> {
  const tally = createTally();
  let broken: SeedResult | null = null;
  for (let seed = from; seed < from + seeds && broken === null; seed += 1) {
    const result = await runSeed(seed);
    tally.add(result);
    broken = result.violation === null ? null : result;
  }
  return { tally, broken };
}

/** The same by as many processes as the machine has processors; a seed that broke a promise is run again here. */
export async function simulateMany(from: number, seeds: number): Promise<Simulated> {
  const parts = Array.from({ length: Math.ceil(seeds / SEEDS_A_PROCESS) }, (_, part) => from + part * SEEDS_A_PROCESS);
  if (parts.length < 2 || availableParallelism() < 2) {
    return await simulateHere(from, seeds);
  }
  let isBroken = false;
  const answers = await pMap(
    parts,
    async (first) => {
      if (isBroken) {
        return pMapSkip;
      }
      const answer = await askProcess(first, Math.min(SEEDS_A_PROCESS, from + seeds - first));
      isBroken ||= answer.violation !== null;
      return answer;
    },
    { concurrency: availableParallelism() },
  );
  const tally = createTally();
  for (const { sums } of answers) {
    tally.merge(sums);
  }
  const [seed] = answers.flatMap((answer) => (answer.seed === null ? [] : [answer.seed])).sort((a, b) => a - b);
  return { tally, broken: seed === undefined ? null : await runSeed(seed) };
}

function askProcess(from: number, seeds: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const args = [MAIN, '--json', '--seeds', String(seeds), '--from', String(from)];
    execFile(process.execPath, args, { encoding: 'utf8' }, (error, stdout, stderr) => {
      // 1 is the exit code of a broken promise, which is told in the answer.
      if (error !== null && stdout.trim() === '') {
        reject(new Error(`Expected seeds from ${from} on to run: ${stderr.slice(0, 2_000)}`, { cause: error }));
      } else {
        resolve(answerShape.parse(JSON.parse(stdout)));
      }
    });
  });
}
