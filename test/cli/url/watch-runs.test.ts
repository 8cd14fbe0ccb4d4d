import { describe, expect, it } from 'vitest';
import type { CliIo } from '../../../src/cli/cli-io.ts';
import { type Interrupt, Interrupted, withInterrupt } from '../../../src/cli/interrupt.ts';
import { watchRuns } from '../../../src/cli/url/watch-runs.ts';
import { SlotkeeperError } from '../../../src/errors/slotkeeper-error.ts';

function terminal() {
  const err: string[] = [];
  const progress: (string | null)[] = [];
  const io: CliIo = {
    out: () => {},
    err: (text) => err.push(text),
    progress: (text) => progress.push(text),
    width: null,
    emphasise: (_, text) => text,
  };
  return { io, err, progress };
}

/** An interrupt that comes in the pause after so many runs; pauses take no time. */
function afterPauses(count: number) {
  const abort = new AbortController();
  const pauses: number[] = [];
  const interrupt: Interrupt = {
    signal: abort.signal,
    whenAborted: new Promise<never>(() => {}),
    sleep: async (ms) => {
      pauses.push(ms);
      if (pauses.length === count) {
        const reason = new Interrupted('SIGINT');
        abort.abort(reason);
        throw reason;
      }
    },
  };
  return { interrupt, pauses };
}

describe('watchRuns', () => {
  it('runs again and again from start to start, until it is interrupted', async () => {
    const { io, progress } = terminal();
    const { interrupt, pauses } = afterPauses(3);
    let runs = 0;
    const watching = watchRuns(io, interrupt, 300, async () => {
      runs += 1;
      return 0;
    });
    await expect(watching).rejects.toBeInstanceOf(Interrupted);
    expect(runs).toBe(3);
    expect(pauses.every((ms) => ms > 299_000 && ms <= 300_000)).toBe(true);
    expect(progress[0]).toMatch(/^next run at \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ; Ctrl-C ends$/);
  });

  it('tells of a run that failed, and tries again', async () => {
    const { io, err } = terminal();
    const { interrupt } = afterPauses(3);
    let runs = 0;
    const watching = watchRuns(io, interrupt, 300, async () => {
      runs += 1;
      if (runs === 2) {
        throw new SlotkeeperError('ServerUnreachable', 'nothing there takes connections');
      }
      return 0;
    });
    await expect(watching).rejects.toBeInstanceOf(Interrupted);
    expect(runs).toBe(3);
    expect(err).toEqual(['slotkeeper: nothing there takes connections']);
  });

  it.each([
    ['the first run', 'SignInRefused', 1],
    ['a mistake of the command line', 'UsageError', 2],
  ])('ends with what is wrong from the start, or cannot mend itself: %s', async (_, name, failing) => {
    const { io } = terminal();
    const { interrupt } = afterPauses(5);
    let runs = 0;
    const watching = watchRuns(io, interrupt, 300, async () => {
      runs += 1;
      if (runs === failing) {
        throw new SlotkeeperError(name, 'no');
      }
      return 0;
    });
    await expect(watching).rejects.toMatchObject({ name });
    expect(runs).toBe(failing);
  });
});

describe('withInterrupt', () => {
  it('tells whoever acts that a signal came, wakes whoever sleeps, and takes its listeners off again', async () => {
    const { io, err } = terminal();
    const before = process.listenerCount('SIGINT');
    const acting = withInterrupt(io, async ({ signal, sleep }) => {
      const sleeping = sleep(3_600_000);
      process.emit('SIGINT', 'SIGINT');
      await expect(sleeping).rejects.toThrow();
      expect(signal.aborted).toBe(true);
      throw signal.reason;
    });
    await expect(acting).rejects.toBeInstanceOf(Interrupted);
    expect(err).toEqual(['SIGINT: ending what is under way. Once more: at once.']);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });

  it('takes the second signal of the same key, which npm passes on, for the first', async () => {
    const { io, err } = terminal();
    await withInterrupt(io, async () => {
      process.emit('SIGINT', 'SIGINT');
      process.emit('SIGINT', 'SIGINT');
    });
    expect(err).toHaveLength(1);
  });
});
