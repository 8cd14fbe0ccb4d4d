import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Variables for the command line; undefined: not set. */
type Environment = Readonly<Record<string, string | undefined>>;

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** Only what is named: nothing of the machine's AWS configuration reaches the command line under test. */
function environment(more: Environment): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    // No look at the network for credentials that are not there.
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    ...more,
  };
}

/** Starts the real command line in a process of its own. */
export function spawnCli(args: readonly string[], env: Environment = {}): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [MAIN, ...args], { env: environment(env) });
}

/** Runs one command line to its end. */
export async function runSpawned(
  args: readonly string[],
  env: Environment = {},
): Promise<{ exitCode: number | null; out: string; err: string }> {
  const child = spawnCli(args, env);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  await once(child, 'close');
  return { exitCode: child.exitCode, out, err };
}

/**
 * The first line that a process prints.
 *
 * @throws Error with what it said on stderr, when it ends before
 */
export async function firstLine(child: ChildProcessWithoutNullStreams): Promise<string> {
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  for await (const line of createInterface({ input: child.stdout })) {
    return line;
  }
  throw new Error(`Expected a line on stdout, got none. On stderr: ${err}`);
}
