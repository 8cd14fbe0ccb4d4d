import { describe, expect, it } from 'vitest';
import type { ExecutionDescription, Executions } from '../../src/cli/executions.ts';
import { waitForExecution } from '../../src/cli/wait-for-execution.ts';

function world(endsAfterMs: number) {
  let now = 0;
  let looks = 0;
  const describe = async (): Promise<ExecutionDescription> => {
    looks++;
    const status = now >= endsAfterMs ? 'SUCCEEDED' : 'RUNNING';
    return { status, output: null, error: null, cause: null, startedAt: '', stoppedAt: null };
  };
  const executions: Executions = { start: async () => 'arn', describe };
  return {
    executions,
    sleep: async (ms: number) => {
      now += ms;
    },
    looks: () => looks,
    now: () => now,
  };
}

describe('waitForExecution', () => {
  it('looks until the execution has ended, less and less often', async () => {
    const slow = world(60_000);
    expect(await waitForExecution(slow, 'arn')).toMatchObject({ status: 'SUCCEEDED' });
    expect(slow.now()).toBeLessThan(62_001);
    expect(slow.looks()).toBeLessThan(40);
  });

  it('gives up after 20 minutes and says how to follow it', async () => {
    await expect(waitForExecution(world(Number.POSITIVE_INFINITY), 'arn:x')).rejects.toThrow(
      /within 20 minutes.*--execution-arn arn:x/,
    );
  });
});
