import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import pMap from 'p-map';
import { LOCAL_CREDENTIALS } from '../../local/cloud-names.ts';
import type { LocalCloud } from '../../local/local-cloud.ts';
import { startLocalCloud } from '../../local/start-local-cloud.ts';
import type { Benchmark, BenchmarkOptions } from '../harness/benchmark.ts';
import { formatCount, formatFigure } from '../harness/format-figure.ts';
import type { Report } from '../harness/report.ts';
import { WrongResult } from '../harness/wrong-result.ts';
import { type UnpackedFunction, unpackFunctions } from '../packaged/unpack-functions.ts';
import { type Called, functionProcess } from './function-process.ts';
import { type CallFunction, walkRun } from './walk-run.ts';

const TARGET = 'local';
const CONFIG = fileURLToPath(new URL('slotkeeper.memory.yml', import.meta.url));
const MINUTE = 60_000;
/** Slots besides those of the idle sessions: superusers', the benchmark's own, the reaper's, a few to spare. */
const SPARE_SLOTS = 40;
const MEBIBYTE = 1024 ** 2;

/** Steps of a run that ends sessions bear the name of those of one that warns. */
const ROWS = [
  { step: 'planActions, all are warned', run: 'warning', key: 'planActions' },
  { step: 'publishNotice', run: 'warning', key: 'publishNotice' },
  { step: 'recordNotice', run: 'warning', key: 'recordNotice' },
  { step: 'planActions, all are due', run: 'ending', key: 'planActions' },
  { step: 'submitTermination', run: 'ending', key: 'submitTermination' },
  { step: 'recordOutcomes', run: 'ending', key: 'recordOutcomes' },
  { step: 'finishRun', run: 'ending', key: 'finishRun' },
] as const;

/** Calls of one size, by run and function; a function that was called more than once shows its largest call. */
type Calls = ReadonlyMap<string, Called>;

/** How much memory each step of a run over many sessions takes, beside what its function is given. */
export const memoryBenchmark: Benchmark = {
  name: 'memory',
  about: 'memory of the steps of a run over up to 2,000 idle sessions, each packaged function in a process of its own',
  run: measureMemory,
};

async function measureMemory({ short, say }: BenchmarkOptions): Promise<Report> {
  const sizes = short ? [5, 50] : [5, 500, 2_000];
  const folder = mkdtempSync(join(tmpdir(), 'slotkeeper-bench-'));
  try {
    say('  packages the stack …');
    const functions = await unpackFunctions(folder);
    const measured = new Map<number, Calls>();
    for (const size of sizes) {
      say(`  ${formatCount(size)} idle sessions …`);
      measured.set(size, await measureSize(size, functions, folder));
    }
    return reportOf(measured, functions);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measureSize(size: number, functions: readonly UnpackedFunction[], folder: string): Promise<Calls> {
  const cloud = await startLocalCloud({
    ...{ port: 0, postgresPort: 0, schedules: false, configPath: CONFIG, maxConnections: size + SPARE_SLOTS },
  });
  const { endpoint, region } = cloud;
  const dataApi = new RedshiftDataClient({ endpoint, region, credentials: LOCAL_CREDENTIALS });
  try {
    await openIdle(cloud, size);
    const callInProcess = await functionProcess(folder, {
      ...cloud.environment,
      AWS_LAMBDA_FUNCTION_NAME: 'bench',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
      SLOTKEEPER_CONFIG: CONFIG,
      SLOTKEEPER_TABLE: cloud.table,
      SLOTKEEPER_OWNERS_TOPIC_ARN: cloud.topicArn,
      SLOTKEEPER_OPERATORS_TOPIC_ARN: cloud.operatorsTopicArn,
    });
    const calls = new Map<string, Called>();
    const callOf =
      (run: string): CallFunction =>
      async (key, event) => {
        const module = functions.find((one) => one.key === key)?.module ?? '';
        const called = await callInProcess(module, event, cloud.clock.offsetMs);
        const before = calls.get(`${run} ${key}`);
        if (before === undefined || called.mostBytes > before.mostBytes) {
          calls.set(`${run} ${key}`, called);
        }
        return called;
      };
    const walk = async (runId: string) => {
      const startedAt = cloud.clock.now().toISOString();
      return (await walkRun({ call: callOf(runId), dataApi, target: TARGET, runId, startedAt })) as RunSummary;
    };
    await cloud.clock.advance(31 * MINUTE);
    expectCount('the warning run', 'warn', size, (await walk('warning')).counts.warn);
    await cloud.clock.advance(30 * MINUTE);
    expectCount('the ending run', 'see gone', size, (await walk('ending')).outcomes.gone ?? 0);
    return calls;
  } finally {
    dataApi.destroy();
    await cloud.stop();
  }
}

interface RunSummary {
  readonly counts: { readonly warn: number };
  readonly outcomes: { readonly gone?: number };
}

function expectCount(who: string, verb: string, expected: number, got: number): void {
  if (got !== expected) {
    throw new WrongResult(who, `to ${verb} ${expected}`, String(got));
  }
}

async function openIdle({ redshift, database }: LocalCloud, size: number): Promise<void> {
  const admin = await redshift.connect({ user: redshift.superuser, database, applicationName: 'bench' });
  await admin.query('create role web_shop login');
  await admin.end();
  const shop = { user: 'web_shop', database, applicationName: 'shop' };
  const clients = await pMap(Array.from({ length: size }), () => redshift.connect(shop), { concurrency: 8 });
  for (const client of clients) {
    // They are to be ended, and their connections say so.
    client.on('error', () => undefined);
  }
}

function reportOf(measured: ReadonlyMap<number, Calls>, functions: readonly UnpackedFunction[]): Report {
  const sizes = [...measured.keys()];
  const largest = sizes.at(-1) ?? 0;
  const at = (size: number, { run, key }: (typeof ROWS)[number]) => {
    const called = measured.get(size)?.get(`${run} ${key}`);
    if (called === undefined) {
      throw new WrongResult(`the ${run} run`, `to call ${key}`, 'no call');
    }
    return called;
  };
  const given = (key: string) => functions.find((one) => one.key === key)?.memoryMegabytes ?? 0;
  const rows = ROWS.map((row) => [
    row.step,
    ...sizes.map((size) => megabytes(at(size, row).mostBytes)),
    `+${megabytes(at(largest, row).mostBytes - at(largest, row).importedBytes)}`,
    `${given(row.key)} MB`,
  ]);
  const fullest = ROWS.reduce((one, other) => (share(other) > share(one) ? other : one));
  function share(row: (typeof ROWS)[number]): number {
    return at(largest, row).mostBytes / MEBIBYTE / given(row.key);
  }
  return {
    tables: [
      {
        caption: 'Memory that was resident at most, by step of a run and number of idle sessions',
        columns: [
          { header: 'step', align: 'left' },
          ...[...sizes.map((size) => `${formatCount(size)}`), `of ${formatCount(largest)}: by the call`, 'given'].map(
            (header) => ({ header }),
          ),
        ],
        rows,
        notes: [
          'Each step ran once per size, as its packaged bundle in a fresh process of this machine; Lambda adds its own runtime.',
          'by the call: how far the process grew after the import. given: what the function has in the stack.',
        ],
      },
    ],
    budgets: [
      {
        what: `memory of each step over ${formatCount(largest)} sessions (fullest: ${fullest.step})`,
        limit: '≤ what its function is given',
        measured: `${megabytes(at(largest, fullest).mostBytes)} of ${given(fullest.key)} MB`,
        holds: share(fullest) <= 1,
        kind: 'count',
      },
    ],
  };
}

const megabytes = (bytes: number) => `${formatFigure(bytes / MEBIBYTE)} MB`;
