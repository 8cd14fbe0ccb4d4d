import type { CliIo } from '../cli-io.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { explainError } from '../explain-error.ts';
import { formatTime } from '../format-time.ts';
import type { Interrupt } from '../interrupt.ts';

/**
 * Runs again and again until it is interrupted. Between two runs nothing is open: other commands may use the data folder
 * meanwhile. What is wrong from the start ends it; what goes wrong later is told, and the next run tries again.
 *
 * @param every seconds from start to start; a run that takes longer delays the next one
 * @throws what the first run throws, and Interrupted
 */
export async function watchRuns(
  io: CliIo,
  interrupt: Interrupt,
  every: number,
  once: () => Promise<ExitCode>,
): Promise<never> {
  for (let number = 1; ; number += 1) {
    const startedAt = Date.now();
    try {
      await once();
    } catch (error) {
      const { message, exitCode } = explainError(error, undefined);
      if (number === 1 || interrupt.signal.aborted || exitCode === EXIT.usage) {
        throw error;
      }
      io.err(`slotkeeper: ${message}`);
    }
    const next = Math.max(Date.now(), startedAt + every * 1000);
    io.progress?.(`next run at ${formatTime(new Date(next).toISOString())}; Ctrl-C ends`);
    await interrupt.sleep(next - Date.now());
    io.progress?.(null);
  }
}
