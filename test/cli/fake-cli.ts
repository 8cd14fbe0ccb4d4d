import type { CliIo } from '../../src/cli/cli-io.ts';
import type { CliRuntime } from '../../src/cli/cli-runtime.ts';
import type { Deployment } from '../../src/cli/deployment/deployment.ts';
import type { ExecutionDescription } from '../../src/cli/executions.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import type { TargetConfig } from '../../src/config/slotkeeper-config.ts';
import { DEFAULT_SNOOZE_BOUNDS, type SnoozeBounds } from '../../src/policy/snooze-bounds.ts';
import type { RunInput } from '../../src/reaper/read-run-input.ts';
import { createMemorySessionPoolTable } from '../../src/session-table/memory-session-pool-table.ts';
import { createMemorySessionTable } from '../../src/session-table/memory-session-table.ts';
import type { SessionTable } from '../../src/session-table/session-table.ts';
import { exampleTarget } from '../support/example-target.ts';
import { fakeDeployments } from './fake-deployments.ts';
import { fakeStackServices } from './fake-stack-services.ts';
import { openNothing } from './open-nothing.ts';

export const NOW = '2026-11-20T15:00:00.000Z';

/** What a command line left behind. */
export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** A world in memory for whole command lines: one stage, a session table, and an execution that ends as told. */
export function fakeCli(
  options: {
    targets?: readonly TargetConfig[];
    stages?: readonly (string | Deployment)[];
    now?: () => string;
    snooze?: SnoozeBounds;
    /** What the execution shows once it has ended; called when it is looked at first. */
    ends?: (runId: string, table: SessionTable) => Promise<Partial<ExecutionDescription>>;
  } = {},
) {
  const table = createMemorySessionTable();
  const poolTable = createMemorySessionPoolTable();
  const started: { runId: string; input: RunInput }[] = [];
  let closed = 0;
  const services = fakeStackServices();
  const targets = options.targets ?? [exampleTarget()];
  const runtime: CliRuntime = {
    config: {
      targets: Object.fromEntries(targets.map((target) => [target.name, target])),
      notices: {
        defaultOwner: 'ops@example.com',
        owners: [],
        snooze: options.snooze ?? DEFAULT_SNOOZE_BOUNDS,
        subscriptions: { owners: [], operators: [] },
        requireConfirmed: true,
        rate: { messages: 12, per: 3600 },
      },
      runs: {
        lockFor: 960,
        pollWaits: [1],
        settle: { rounds: 5, wait: 2 },
        sessionKeepAlive: 3600,
        retention: 86_400,
        planValidFor: 900,
        startWithin: 60,
      },
    },
    configPath: 'slotkeeper.yml',
    deployments: fakeDeployments(...(options.stages ?? ['test'])),
    services,
    executions: {
      start: async ({ runId, input }) => {
        started.push({ runId, input });
        return `arn:execution:${runId}`;
      },
      describe: async (execution) => ({
        status: 'SUCCEEDED',
        output: '{}',
        error: null,
        cause: null,
        startedAt: NOW,
        stoppedAt: '2026-11-20T15:00:02.500Z',
        ...(await options.ends?.(execution.replace('arn:execution:', ''), table)),
      }),
    },
    tableOf: () => table,
    poolTableOf: () => poolTable,
    openDirect: openNothing,
    warehouseOf: () => {
      throw new Error('No command here asks the warehouse.');
    },
    now: () => new Date(options.now?.() ?? NOW),
    sleep: async () => {},
    close: () => {
      closed++;
    },
  };
  return {
    runtime,
    table,
    poolTable,
    started,
    services,
    closed: () => closed,
    run: async (...args: string[]): Promise<Ran> => {
      const out: string[] = [];
      const err: string[] = [];
      const io: CliIo = {
        out: (text) => out.push(text),
        err: (text) => err.push(text),
        width: null,
        emphasise: (_, text) => text,
      };
      const exitCode = await runCli(args, io, async () => runtime, undefined);
      return { exitCode, out: out.join('\n'), err: err.join('\n') };
    },
  };
}
