import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Benchmark, BenchmarkOptions } from '../harness/benchmark.ts';
import { distributionOf } from '../harness/distribution.ts';
import { formatCount, formatTime } from '../harness/format-figure.ts';
import type { Report } from '../harness/report.ts';
import { type UnpackedFunction, unpackFunctions } from '../packaged/unpack-functions.ts';
import { timeImport } from './time-import.ts';

/** Bytes of a zipped function, and milliseconds of its import: what a cold start may cost. */
const MOST_BYTES = 400_000;
const MOST_MS = 150;

const EMPTY = 'an empty function';

const bytes = (count: number) => `${formatCount(count)} B`;

/** Size and import time of every function, as `serverless package` makes it. */
export const functionsBenchmark: Benchmark = {
  name: 'functions',
  about: 'size of each function as it is packaged, and its import in a fresh process',
  run: measureFunctions,
};

async function measureFunctions({ short, say }: BenchmarkOptions): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'slotkeeper-bench-'));
  try {
    say('  packages the stack …');
    const functions = await unpackFunctions(folder);
    const times = await timeAll(functions, folder, short ? 1 : 11, say);
    return reportOf(functions, times);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Milliseconds by key. Every function in turn, round by round: what slows the machine down slows all of them. */
async function timeAll(
  functions: readonly UnpackedFunction[],
  folder: string,
  rounds: number,
  say: BenchmarkOptions['say'],
): Promise<ReadonlyMap<string, number[]>> {
  const empty = join(folder, 'empty.mjs');
  writeFileSync(empty, 'export const handler = async () => null;\n');
  const modules = [{ key: EMPTY, module: empty }, ...functions];
  const times = new Map(modules.map(({ key }) => [key, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) {
    say(`  imports them, round ${round + 1} of ${rounds}`);
    for (const { key, module } of modules) {
      times.get(key)?.push(await timeImport(module));
    }
  }
  return times;
}

function reportOf(functions: readonly UnpackedFunction[], times: ReadonlyMap<string, number[]>): Report {
  const of = (key: string) => distributionOf(times.get(key) ?? []);
  const largest = functions.reduce((one, other) => (other.zipBytes > one.zipBytes ? other : one));
  const slowest = functions.reduce((one, other) => (of(other.key).median > of(one.key).median ? other : one));
  const rows = [...functions, { key: EMPTY, zipBytes: null, codeBytes: null }].map(({ key, zipBytes, codeBytes }) => {
    const { median, p95 } = of(key);
    return [
      key,
      zipBytes === null ? '-' : bytes(zipBytes),
      codeBytes === null ? '-' : bytes(codeBytes),
      formatTime(median),
      formatTime(p95),
    ];
  });
  return {
    tables: [
      {
        caption: `Functions of a stack with all engines and a pool, imported ${of(EMPTY).samples} times each, in turn`,
        columns: [
          { header: 'function', align: 'left' },
          ...['zip', 'code', 'import, median', 'p95'].map((header) => ({ header })),
        ],
        rows,
        notes: [
          'zip: what is uploaded, with the source map; code: what is imported.',
          'import: of the module alone in a fresh process, without the start of Node; AWS clients are made at the first call.',
        ],
      },
    ],
    budgets: [
      {
        what: `each function, zipped (largest: ${largest.key})`,
        limit: `≤ ${bytes(MOST_BYTES)}`,
        measured: bytes(largest.zipBytes),
        holds: largest.zipBytes <= MOST_BYTES,
        kind: 'count',
      },
      {
        what: `import of each function, median (slowest: ${slowest.key})`,
        limit: `≤ ${MOST_MS} ms`,
        measured: formatTime(of(slowest.key).median),
        holds: of(slowest.key).median <= MOST_MS,
        kind: 'time',
      },
    ],
  };
}
