import { parseArgs } from 'node:util';
import { runMutants } from './mutants/run-mutants.ts';
import { runSeed, type SeedResult } from './run-seed.ts';
import { simulateHere, simulateMany } from './simulate-many.ts';

const USAGE = `npm run simulate -- [--seeds N] [--from S]   worlds of N seeds from S on, until a promise is broken
npm run simulate -- --seed S [--trace]      one seed, with everything that happened
npm run simulate -- --mutants [--seeds N]   faults put into the product, each tried on the seed that is known to find it,
                                            and then on up to N seeds; --only TEXT: those whose name has it;
                                            --anew: search from seed 1 on, and remember the seeds`;

/** How much of a trace a broken promise shows. */
const LINES_SHOWN = 80;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    mutants: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    anew: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new RangeError(`Expected --${name} to be a whole number, got '${text}'.`);
  }
  return Number(text);
}

function describeViolation({ seed, scenario, violation, trace, hash }: SeedResult): string {
  const shown = trace.slice(-LINES_SHOWN);
  return [
    ...shown,
    '',
    `seed ${seed} (clocks: ${scenario.clocks}), trace ${hash}: ${violation?.promise}: ${violation?.what}`,
    `See all of it: npm run simulate -- --seed ${seed} --trace`,
  ].join('\n');
}

async function simulateSeeds(from: number, seeds: number): Promise<SeedResult | null> {
  const begun = performance.now();
  // A process that answers another one does its own work itself.
  const { tally, broken } = await (values.json ? simulateHere(from, seeds) : simulateMany(from, seeds));
  if (values.json) {
    const { seed = null, violation = null } = broken ?? {};
    process.stdout.write(`${JSON.stringify({ seed, violation, sums: tally.sums })}\n`);
  } else {
    process.stdout.write(`${tally.describe((performance.now() - begun) / 1000).join('\n')}\n`);
    process.stdout.write(broken === null ? 'every promise held\n' : `\n${describeViolation(broken)}\n`);
  }
  return broken;
}

async function simulateOne(seed: number): Promise<SeedResult | null> {
  const result = await runSeed(seed, values.trace);
  const { scenario, trace, hash, steps, violation } = result;
  const lines = values.trace ? [JSON.stringify(scenario, null, 2), ...trace] : [];
  const verdict = violation === null ? 'every promise held' : `${violation.promise}: ${violation.what}`;
  process.stdout.write(`${[...lines, `seed ${seed}, ${steps} steps, trace ${hash}: ${verdict}`].join('\n')}\n`);
  return violation === null ? null : result;
}

if (values.help) {
  process.stdout.write(`${USAGE}\n`);
} else if (values.mutants) {
  const { only, anew } = values;
  const survived = await runMutants({ seeds: wholeNumber('seeds', values.seeds ?? '400'), only, anew });
  process.exitCode = survived === 0 ? 0 : 1;
} else {
  const broken =
    values.seed === undefined
      ? await simulateSeeds(wholeNumber('from', values.from), wholeNumber('seeds', values.seeds ?? '200'))
      : await simulateOne(wholeNumber('seed', values.seed));
  process.exitCode = broken === null ? 0 : 1;
}
