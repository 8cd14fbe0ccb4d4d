import { setTimeout as sleep } from 'node:timers/promises';
import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import type { CliIo } from './cli-io.ts';
import { EXIT } from './exit-codes.ts';

/** Ctrl-C, or another signal to end. */
export class Interrupted extends SlotkeeperError {
  constructor(signal: string) {
    super('Interrupted', `${signal}: ended before it was done.`);
  }
}

/** How a command hears that it is to end. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Never resolves; rejects with {@link Interrupted}. */
  readonly whenAborted: Promise<never>;
  /** Milliseconds. Rejects when the signal comes first. */
  readonly sleep: (ms: number) => Promise<void>;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm passes on the Ctrl-C that the terminal has given to its child as well: one key, two signals. */
const SAME_KEY_MS = 300;

/**
 * Lets a command end cleanly: the first signal tells it to, another one gives up waiting for that.
 *
 * @throws Interrupted when it was, and what `act` throws
 */
export async function withInterrupt<T>(io: CliIo, act: (interrupt: Interrupt) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const { promise: whenAborted, reject } = Promise.withResolvers<never>();
  whenAborted.catch(() => {
    // Whoever waits for it hears it there.
  });
  let first: number | null = null;
  const endNow = (signal: NodeJS.Signals) => {
    if (first === null) {
      first = performance.now();
      io.progress?.(null);
      io.err(`${signal}: ending what is under way. Once more: at once.`);
      const reason = new Interrupted(signal);
      abort.abort(reason);
      reject(reason);
    } else if (performance.now() - first > SAME_KEY_MS) {
      process.exit(EXIT.interrupted);
    }
  };
  for (const signal of SIGNALS) {
    process.on(signal, endNow);
  }
  try {
    return await act({
      signal: abort.signal,
      whenAborted,
      sleep: (ms) => Promise.race([sleep(ms, undefined, { signal: abort.signal }), whenAborted]),
    });
  } finally {
    for (const signal of SIGNALS) {
      process.off(signal, endNow);
    }
  }
}
