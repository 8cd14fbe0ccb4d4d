import { expect } from 'vitest';
import type { CliRuntime } from '../../src/cli/cli-runtime.ts';
import { NO_STACK_SERVICES } from '../../src/cli/deployment/no-stack-services.ts';
import { explainDocument } from '../../src/cli/json/explain-document.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import type { ReaperWorld } from '../support/reaper-world.ts';
import { fakeDeployments } from './fake-deployments.ts';
import { openNothing } from './open-nothing.ts';

/** Runs `slotkeeper explain` against a simulated world. */
export async function explain(world: ReaperWorld, ...args: string[]) {
  const nothing = async () => Promise.reject(new Error('Nobody starts a run here.'));
  const runtime: CliRuntime = {
    config: world.config,
    configPath: 'slotkeeper.yml',
    deployments: fakeDeployments('test'),
    services: NO_STACK_SERVICES,
    executions: { start: nothing, describe: nothing },
    tableOf: () => world.table,
    poolTableOf: () => world.pool,
    openDirect: openNothing,
    warehouseOf: () => world.redshift.warehouse,
    now: world.clock.now,
    sleep: async () => undefined,
    close: () => undefined,
  };
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    width: null,
    emphasise: (_: string, text: string) => text,
  };
  const exitCode = await runCli(['explain', ...args], io, async () => runtime, undefined);
  return { exitCode, out: out.join('\n'), err: err.join('\n') };
}

/** The sessions of the JSON document. */
export async function explainJson(world: ReaperWorld, pid: number) {
  const { exitCode, out } = await explain(world, String(pid), '--json');
  expect(exitCode).toBe(0);
  return explainDocument.parse(JSON.parse(out)).backends;
}
