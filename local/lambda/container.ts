import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ContainerData, FromContainer, FunctionError, ToContainer } from './container-messages.ts';

/** How an invocation ended. */
export type Outcome =
  | { readonly ok: true; readonly payload: string }
  | { readonly ok: false; readonly error: FunctionError };

type Invocation = Extract<ToContainer, { type: 'invoke' }>;

/** The bootstrap beside this file: TypeScript in the checkout, JavaScript in the built package. */
const BOOTSTRAP = new URL(`./container-bootstrap${extname(fileURLToPath(import.meta.url))}`, import.meta.url);

/**
 * Bound for starting the thread and loading a function's module. On AWS it is 10 s; a machine that starts many
 * containers at once on few cores needs more.
 */
const INIT_TIMEOUT_MS = 60_000;

export interface ContainerOptions {
  /** The whole environment of the container; nothing of this process is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly clockOffsetMs: number;
  /** Gets what functions write to their standard output and error. */
  readonly log: (text: string) => void;
}

/**
 * One Lambda execution environment: a worker thread that runs one invocation at a time and stays warm between them.
 * It ends by a crash, a timeout or {@link stop}; then it is `ended` and takes no more invocations.
 */
export class Container {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  #settle: ((outcome: Outcome) => void) | null = null;
  #onStarted: (() => void) | null = null;
  #ended = false;

  constructor(options: ContainerOptions) {
    const workerData: ContainerData = { clockOffsetMs: options.clockOffsetMs };
    this.#worker = new Worker(BOOTSTRAP, {
      env: { ...options.environment },
      execArgv: [],
      stdout: true,
      stderr: true,
      workerData,
    });
    this.#worker.stdout.setEncoding('utf8').on('data', options.log);
    this.#worker.stderr.setEncoding('utf8').on('data', options.log);
    this.#worker.on('message', (message: FromContainer) => {
      if (message.type === 'started') {
        this.#onStarted?.();
        return;
      }
      if (message.type === 'broken') {
        this.#end({ ok: false, error: message.error });
        return;
      }
      this.#finish(
        message.type === 'result' ? { ok: true, payload: message.payload } : { ok: false, error: message.error },
      );
    });
    this.#worker.on('error', (error: Error) => {
      options.log(`${error.stack ?? error.message}\n`);
      this.#finish(failure('Runtime.ExitError', `Runtime exited with error: ${error.name}: ${error.message}`));
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        this.#ended = true;
        this.#finish(failure('Runtime.ExitError', `Runtime exited with error: exit status ${code}`));
        resolve();
      });
    });
  }

  /** True once the thread is gone or going. */
  get ended(): boolean {
    return this.#ended;
  }

  get busy(): boolean {
    return this.#settle !== null;
  }

  /** Runs one invocation. Always resolves: a function's error, a timeout and a crash are outcomes. */
  async invoke(invocation: Invocation): Promise<Outcome> {
    if (this.busy) {
      throw new Error('Expected a free container: it runs one invocation at a time.');
    }
    if (this.#ended) {
      return failure('Runtime.ExitError', 'Runtime exited before the invocation.');
    }
    const answered = new Promise<Outcome>((resolve) => {
      this.#settle = resolve;
    });
    let timer = setTimeout(() => this.#timeOut(invocation, INIT_TIMEOUT_MS), INIT_TIMEOUT_MS);
    this.#onStarted = () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.#timeOut(invocation, invocation.timeoutMs), invocation.timeoutMs);
    };
    this.#send(invocation);
    try {
      return await answered;
    } finally {
      this.#onStarted = null;
      clearTimeout(timer);
    }
  }

  /** Tells the container that the cloud's clock was moved. */
  setClockOffset(offsetMs: number): void {
    this.#send({ type: 'clock', offsetMs });
  }

  /** Ends the thread at once, whatever runs in it, and waits until it is gone. */
  async stop(): Promise<void> {
    // Answered before the thread goes: what a module says while it is being torn apart is no result.
    this.#end(failure('Runtime.ExitError', 'Runtime exited with error: signal: killed'));
    await this.#worker.terminate();
    await this.#exited;
  }

  #send(message: ToContainer): void {
    this.#worker.postMessage(message);
  }

  #timeOut(invocation: Invocation, ms: number): void {
    const seconds = (ms / 1000).toFixed(2);
    this.#end(
      failure('Sandbox.Timedout', `RequestId: ${invocation.requestId} Error: Task timed out after ${seconds} seconds`),
    );
  }

  /** Answers the running invocation and lets the thread go; `stop` waits for it. */
  #end(outcome: Outcome): void {
    this.#ended = true;
    this.#finish(outcome);
  }

  #finish(outcome: Outcome): void {
    const settle = this.#settle;
    this.#settle = null;
    settle?.(outcome);
  }
}

function failure(errorType: string, errorMessage: string): Outcome {
  return { ok: false, error: { errorType, errorMessage, trace: [] } };
}
