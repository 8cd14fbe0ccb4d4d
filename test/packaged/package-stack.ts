import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Template } from './template.ts';

const run = promisify(execFile);

/** What `serverless package` left. */
export interface PackagedStack {
  readonly template: Template;
  /** The template by which the framework makes the stack, before anything is in it. */
  readonly created: Template;
  /** Folder of the functions' zips, each named by its function's key. */
  readonly folder: string;
  readonly output: string;
}

/**
 * A clone of this checkout as it stands: what git has or would take, and no more. Only the packages are those of this
 * checkout, by a link.
 */
export async function cloneCheckout(into: string): Promise<void> {
  const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    maxBuffer: 16 * 1024 * 1024,
  });
  const { stdout: gone } = await run('git', ['ls-files', '--deleted', '-z']);
  const deleted = new Set(gone.split('\0'));
  for (const file of stdout.split('\0').filter((name) => name !== '' && !deleted.has(name))) {
    mkdirSync(join(into, dirname(file)), { recursive: true });
    cpSync(file, join(into, file));
  }
  symlinkSync(resolve('node_modules'), join(into, 'node_modules'));
}

/**
 * Packages the stack of a clone for stage `dev`, as on a machine that has no credentials and no network: every request
 * would go to a proxy that nobody is at.
 *
 * @param folder where the package goes, from the root of the clone
 * @param options more of the command line, e.g. `--param=config=…`
 */
export async function packageStack(
  clone: string,
  folder: string,
  options: readonly string[] = [],
): Promise<PackagedStack> {
  const nobody = 'http://127.0.0.1:9';
  const { stdout, stderr } = await run(
    process.execPath,
    [join('node_modules', 'serverless', 'bin', 'serverless.js'), 'package', '--package', folder, ...options],
    {
      cwd: clone,
      timeout: 120_000,
      env: {
        PATH: process.env['PATH'],
        HOME: clone,
        HTTP_PROXY: nobody,
        HTTPS_PROXY: nobody,
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    },
  );
  const read = (name: string): Template => JSON.parse(readFileSync(join(clone, folder, name), 'utf8'));
  return {
    template: read('cloudformation-template-update-stack.json'),
    created: read('cloudformation-template-create-stack.json'),
    folder: join(clone, folder),
    output: `${stdout}${stderr}`,
  };
}
