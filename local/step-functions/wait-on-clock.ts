import type { VirtualClock } from '../virtual-clock.ts';
import type { Json } from './asl.ts';
import { StatesError } from './states-error.ts';

/** The longest delay that `setTimeout` takes, milliseconds. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** What a prepared Wait state passes: its input and the one of the two that says how long. */
interface WaitParameters {
  readonly input: Json;
  readonly seconds?: unknown;
  readonly timestamp?: unknown;
}

/** What a Wait state waits by. */
export interface WaitSetting {
  /** When the state was entered, by the cloud's clock: from then on the seconds count. */
  readonly enteredAt: Date;
  readonly clock: VirtualClock;
  /** How long a second of a Wait state takes on the cloud's clock; 1 on AWS, less to hurry a demonstration. */
  readonly pace: number;
  /** Ends the wait with its reason. */
  readonly signal: AbortSignal;
}

/**
 * A Wait state on the cloud's clock: it ends when the clock shows the time, whether that passed or was skipped by
 * `clock.advance`.
 *
 * @returns the state's input
 */
export async function waitOnClock(parameters: unknown, setting: WaitSetting): Promise<Json> {
  const { input, seconds, timestamp } = parameters as WaitParameters;
  const from = setting.enteredAt.getTime();
  const until = timestamp === undefined ? from + setting.pace * secondsOf(seconds) * 1000 : timeOf(timestamp);
  await clockReaches(until, setting.clock, setting.signal);
  return input;
}

function clockReaches(until: number, clock: VirtualClock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const end = (settle: () => void) => {
      clearTimeout(timer);
      stopListening();
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const onAbort = () => end(() => reject(signal.reason));
    const look = () => {
      const leftMs = until - clock.now().getTime();
      if (leftMs <= 0) {
        end(resolve);
        return;
      }
      clearTimeout(timer);
      timer = setTimeout(look, Math.min(Math.ceil(leftMs), LONGEST_TIMER_MS));
    };
    const stopListening = clock.onAdvance(look);
    signal.addEventListener('abort', onAbort, { once: true });
    look();
  });
}

function secondsOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    throw new StatesError(
      'States.Runtime',
      `Expected the seconds of a Wait state to be a whole number from 0 up, got ${JSON.stringify(value)}.`,
      false,
    );
  }
  return value;
}

function timeOf(value: unknown): number {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new StatesError(
      'States.Runtime',
      `Expected the timestamp of a Wait state to be an ISO 8601 time, got ${JSON.stringify(value)}.`,
      false,
    );
  }
  return time;
}
