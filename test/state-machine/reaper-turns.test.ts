import { describe, expect, it } from 'vitest';
import { LONGEST_TURN_SECONDS } from '../../src/reaper/read-run-input.ts';
import { REAP_DEFINITION, runReapMachine } from '../support/reap-machine.ts';
import { expectLockFree, NOT_WARNED, PLANNED } from '../support/reaper-paths.ts';
import { createReaperWorld, TARGET } from '../support/reaper-world.ts';

const [KEPT, ASKED, ...REST] = PLANNED;

describe('a run that is given a turn', () => {
  it('waits for it before it takes the lock', async () => {
    const world = createReaperWorld();
    const { states, failure } = await runReapMachine(world.ports, { target: TARGET, dryRun: false, startAfter: 7 });
    expect(failure).toBeNull();
    expect(states).toEqual([KEPT, ASKED, 'WaitForTurn', ...REST, ...NOT_WARNED, 'FinishRun']);
    // Its time is the time it took: it began when its turn came. The test's waits take none.
    expect(await world.lastRun()).toMatchObject({ startedAt: '2026-11-20T15:00:07.000Z' });
  });

  it('begins at once where its turn is the first', async () => {
    const world = createReaperWorld();
    const { states } = await runReapMachine(world.ports, { target: TARGET, startAfter: 0 });
    expect(states).toEqual([...PLANNED, ...NOT_WARNED, 'FinishRun']);
  });

  it.each([-1, LONGEST_TURN_SECONDS + 1, '7', null])(
    'is refused without a wait for a turn of %j',
    async (startAfter) => {
      const world = createReaperWorld();
      const { states, failure } = await runReapMachine(world.ports, { target: TARGET, startAfter });
      expect(states).not.toContain('WaitForTurn');
      expect(failure?.error).toBe('InvalidRunInput');
      expect(failure?.cause).toContain('startAfter');
      await expectLockFree(world);
    },
  );

  it('is put on record as one run where it fails to begin after it has come on record', async () => {
    const world = createReaperWorld();
    const saveRun = world.table.saveRun;
    const table = {
      ...world.table,
      async saveRun(record: Parameters<typeof saveRun>[0]) {
        await saveRun(record);
        if (record.state === 'running') {
          throw Object.assign(new Error('no answer came'), { name: 'TimeoutError' });
        }
      },
      readRun: world.table.readRun,
    };
    const input = { target: TARGET, startAfter: 7 };
    const { failure } = await runReapMachine({ ...world.ports, table }, input);
    expect(failure?.error).toBe('TimeoutError');
    expect((await world.table.listRuns({ target: TARGET })).items).toMatchObject([
      { state: 'failed', startedAt: '2026-11-20T15:00:07.000Z' },
    ]);
    await expectLockFree(world);
  });

  it('waits for as long as a turn may be', () => {
    const { Choices } = REAP_DEFINITION.States['HasTurn'] as unknown as {
      Choices: readonly { And: readonly Record<string, unknown>[] }[];
    };
    expect(Choices[0]?.And.at(-1)).toEqual({
      Variable: '$.input.startAfter',
      NumericLessThanEquals: LONGEST_TURN_SECONDS,
    });
  });
});
