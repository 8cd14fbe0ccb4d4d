import type { Caller, MeteringAccount, Operation } from './metering-account.ts';

/** Its `name` is what the adapters and the state machine branch on. */
export class Throttled extends Error {
  constructor(operation: Operation) {
    super(`Rate exceeded (${operation}).`);
    this.name = 'ThrottlingException';
  }
}

/** `StandardRetryStrategy` of the installed SDK (@smithy/core, submodule retry): full jitter on a delay that doubles. */
const THROTTLING_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 20_000;
const RETRY_TOKENS = 500;
const THROTTLING_COST = 5;
/** The SDK's default. */
const MAX_ATTEMPTS = 3;

export interface SdkClientOptions {
  readonly account: MeteringAccount;
  readonly caller: Caller;
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Milliseconds of a call there and back, besides what it waits for. */
  readonly latencyMs: number;
  /** @default 3, as the SDK's */
  readonly maxAttempts?: number;
  /** Waits for a turn before each try, as the product's pacing does. */
  readonly turn?: (operation: Operation) => Promise<void>;
}

/**
 * One SDK client of one process, as far as throttling goes: how often it tries again, how long it waits before, and the
 * budget of retries that it has.
 */
export class SdkClient {
  readonly #options: SdkClientOptions;
  #tokens = RETRY_TOKENS;

  constructor(options: SdkClientOptions) {
    this.#options = options;
  }

  /**
   * @param effect what the service does once it has let the try through
   * @param refuse looks right before each try whether it may still leave
   * @throws Throttled when the tries are used up; what `effect` and `refuse` throw
   */
  async send<T>(operation: Operation, effect: () => Promise<T>, refuse: () => void = () => undefined): Promise<T> {
    const { account, caller, random, sleep, latencyMs, turn, maxAttempts = MAX_ATTEMPTS } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      await turn?.(operation);
      refuse();
      await sleep(latencyMs / 2);
      const isAdmitted = account.admits(caller, operation);
      const answer = isAdmitted ? await effect() : null;
      await sleep(latencyMs / 2);
      if (isAdmitted) {
        this.#tokens = Math.min(RETRY_TOKENS, this.#tokens + (attempt === 1 ? 1 : THROTTLING_COST));
        return answer as T;
      }
      if (attempt >= maxAttempts || this.#tokens < THROTTLING_COST) {
        throw new Throttled(operation);
      }
      this.#tokens -= THROTTLING_COST;
      await sleep(Math.floor(random() * Math.min(THROTTLING_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS)));
    }
  }
}
