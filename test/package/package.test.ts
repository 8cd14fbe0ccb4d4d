import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startPlainPostgres } from '../support/start-plain-postgres.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

let folder = '';
let contents: string[] = [];

/** Runs a program in the consumer's folder. */
function run(program: string, args: readonly string[], cwd = folder) {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return new Promise<{ code: number; out: string }>((resolve) => {
    execFile(program, args, { cwd, env, encoding: 'utf8' }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out: stdout + stderr }),
    );
  });
}

/** Puts one of the checkout's packages into the consumer's node_modules, as an installation would. */
function install(name: string) {
  const place = join(folder, 'node_modules', name);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules', name), place);
}

/** The example of docs/tenants.md, and that its pool can be used by others. */
const CONSUMER = `${/```ts\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'docs/tenants.md'), 'utf8'))?.[1]}
export { pool };
`;

const MISTAKEN = `
import { pool } from './consumer.ts';
export const rows: number = await pool.query({ tenantId: 'acme', sql: 'select 1' });
`;

const RUNNING = `
import { BadRequest, createSessionPool, SlotkeeperError } from 'slotkeeper';
const target = { name: 'prod', cluster: 'analytics', database: 'dev', dbUserTemplate: 'tenant_{tenantId}' };
const pool = createSessionPool({ target, table: {}, warehouse: {} });
const error = await pool.query({ tenantId: 'Not One', sql: 'select 1' }).catch((thrown) => thrown);
console.log(error instanceof BadRequest, error instanceof SlotkeeperError, error.name);
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slotkeeper-package-'));
  const packed = await run('npm', ['pack', '--json', '--pack-destination', folder], ROOT);
  expect(packed).toMatchObject({ code: 0 });
  mkdirSync(join(folder, 'node_modules/slotkeeper'), { recursive: true });
  const tarball = `slotkeeper-${manifest.version}.tgz`;
  contents = (await run('tar', ['-tzf', tarball])).out.trim().split('\n');
  await run('tar', ['-xzf', tarball, '-C', 'node_modules/slotkeeper', '--strip-components=1']);
  // What npm would install with it: its dependencies, and none of its development dependencies.
  for (const name of Object.keys(manifest.dependencies)) {
    install(name);
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', private: true }));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the npm package', () => {
  it('holds built code, types and state machines, and neither sources nor tests', () => {
    expect(contents).toEqual(
      expect.arrayContaining(['package/dist/src/index.js', 'package/dist/src/index.d.ts', 'package/LICENSE']),
    );
    expect(
      contents.filter(
        (file) => !/^package\/(dist\/(src|local)\/.+\.(js|d\.ts)|state-machines\/[\w-]+\.asl\.json|[^/]+)$/.test(file),
      ),
    ).toEqual([]);
  });

  it("gives the pool to a tenant's own code, which type-checks against it", async () => {
    install('@types/node');
    writeFileSync(join(folder, 'consumer.ts'), CONSUMER);
    writeFileSync(join(folder, 'mistaken.ts'), MISTAKEN);
    const options = {
      target: 'es2024',
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
      allowImportingTsExtensions: true,
      types: ['node'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['mistaken.ts'] }));
    const { out } = await run(join(ROOT, 'node_modules/.bin/tsc'), ['--pretty', 'false']);
    const own = out.split('\n').filter((line) => /^(consumer|mistaken|node_modules\/slotkeeper)/.test(line));
    expect(own).toEqual([expect.stringContaining("mistaken.ts(3,14): error TS2322: Type 'QueryResult'")]);
  });

  it('runs without a development dependency', async () => {
    writeFileSync(join(folder, 'running.js'), RUNNING);
    expect(await run(process.execPath, ['running.js'])).toEqual({ code: 0, out: 'true true BadRequest\n' });
  });

  it('comes to a plan by URL with its optional dependencies, and says what is missing without them', async () => {
    const server = await startPlainPostgres();
    onTestFinished(server.stop);
    const main = join('node_modules/slotkeeper', manifest.bin.slotkeeper);
    const url = `postgres://postgres@127.0.0.1:${server.port}/postgres`;
    const byUrl = [main, 'run', '--url', url, '--data', join(folder, 'data')];
    expect(await run(process.execPath, byUrl)).toMatchObject({
      code: 1,
      out: expect.stringContaining('They are optional dependencies of slotkeeper'),
    });
    for (const name of Object.keys(manifest.optionalDependencies)) {
      install(name);
    }
    expect(await run(process.execPath, byUrl)).toMatchObject({
      code: 0,
      out: expect.stringContaining('Dry run: would warn 0 and end 0. Nothing was changed.'),
    });
  });

  it('brings the command line, whose embedded cloud stays in the repository', async () => {
    const main = join('node_modules/slotkeeper', manifest.bin.slotkeeper);
    expect(await run(process.execPath, [main, '--help'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('pool [options]'),
    });
    expect(await run(process.execPath, [main, 'local'])).toMatchObject({
      code: 1,
      out: expect.stringContaining("Expected Slotkeeper's repository with its development dependencies"),
    });
  });
});
