import { setImmediate as nextTurn } from 'node:timers/promises';
import { StateMachine } from 'aws-local-stepfunctions';
import { ROLE_ARN } from '../cloud-names.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import { type AslState, allStates, type Json } from './asl.ts';
import type { EngineDefinition, EngineInput, EventLog } from './engine.ts';
import { dataMember, ExecutionHistory } from './execution-history.ts';
import type { LoadedMachine } from './load-state-machine.ts';
import { WAIT_RESOURCE } from './prepare-definition.ts';
import { recordEngineEvent } from './record-engine-event.ts';
import { runTask, type TaskRun } from './run-task.ts';
import { dataLimitExceeded, exceedsDataLimit, StatesError } from './states-error.ts';
import { waitOnClock } from './wait-on-clock.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** How an execution came to its end. */
interface End {
  readonly status: Exclude<ExecutionStatus, 'RUNNING'>;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
}

export interface ExecutionOptions {
  readonly arn: string;
  readonly name: string;
  readonly machine: LoadedMachine;
  /** The input as the caller wrote it, and as it was read. */
  readonly inputText: string;
  readonly input: Json;
  readonly clock: VirtualClock;
}

const EVENT_TYPE = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
} as const;

/** One execution of a state machine. It runs from its construction on; {@link done} resolves at its end. */
export class Execution {
  readonly arn: string;
  readonly name: string;
  readonly machine: LoadedMachine;
  readonly inputText: string;
  readonly startedAt: Date;
  readonly history: ExecutionHistory;
  /** Resolves once the execution has ended and its history is complete. Never rejects. */
  readonly done: Promise<void>;
  readonly #options: ExecutionOptions;
  readonly #states: ReadonlyMap<string, AslState>;
  readonly #abort = new AbortController();
  #forced: End | null = null;
  #end: End | null = null;
  #stoppedAt: Date | null = null;

  constructor(options: ExecutionOptions) {
    this.arn = options.arn;
    this.name = options.name;
    this.machine = options.machine;
    this.inputText = options.inputText;
    this.#options = options;
    this.#states = new Map(allStates(options.machine.definition));
    this.startedAt = options.clock.now();
    this.history = new ExecutionHistory(() => options.clock.now());
    this.done = this.#run();
  }

  get status(): ExecutionStatus {
    return this.#end?.status ?? 'RUNNING';
  }

  /** Null while it runs. */
  get stoppedAt(): Date | null {
    return this.#stoppedAt;
  }

  get output(): Json | undefined {
    return this.#end?.output;
  }

  get failure(): { readonly error?: string; readonly cause?: string } {
    const { error, cause } = this.#end ?? {};
    return { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
  }

  /** State transitions so far, as AWS bills them: every state entered and every retry. */
  get transitions(): number {
    return this.history.count('StateEntered') + this.#retries;
  }
  #retries = 0;

  /** Ends the execution as ABORTED, whatever it is doing, and waits until it has ended. */
  async stop(error?: string, cause?: string): Promise<void> {
    this.#force({
      status: 'ABORTED',
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    });
    await this.done;
  }

  #force(end: End): void {
    if (this.#end === null && this.#forced === null) {
      this.#forced = end;
      this.#abort.abort(new StatesError('States.Runtime', 'The execution has ended.', false));
    }
  }

  async #run(): Promise<void> {
    const { machine, input } = this.#options;
    this.history.add('ExecutionStarted', { ...dataMember('input', input), roleArn: ROLE_ARN });
    const engine = new StateMachine(machine.prepared as unknown as EngineDefinition, {
      validationOptions: { noValidate: true },
    });
    const run = engine.run(input as EngineInput, {
      context: { Cloud: contextOf(this.#options, this.startedAt, this.#states) },
      overrides: { taskResourceLocalHandlers: this.#taskHandlers() },
    });
    this.#abort.signal.addEventListener('abort', () => run.abort());
    const result = run.result.then(
      (output): End => ({ status: 'SUCCEEDED', output: output as Json }),
      (error: unknown) => endOf(error),
    );
    for await (const event of run.eventLogs) {
      this.#observe(event);
    }
    this.#finish(this.#forced ?? (await result));
  }

  #observe(event: EventLog): void {
    recordEngineEvent(this.history, event, (name) => this.#state(name));
    if (event.type === 'StateRetried') {
      this.#retries += 1;
    }
    if (event.type === 'StateExited' && exceedsDataLimit(event.state.output)) {
      const { name, message } = dataLimitExceeded(event.state.name);
      this.#force({ status: 'FAILED', error: name, cause: message });
    }
  }

  #finish(end: End): void {
    this.#end = end;
    this.#stoppedAt = this.#options.clock.now();
    this.#abort.abort(new StatesError('States.Runtime', 'The execution has ended.', false));
    const { error, cause } = this.failure;
    this.history.add(EVENT_TYPE[end.status], {
      ...(end.output === undefined ? {} : dataMember('output', end.output)),
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    });
  }

  #taskHandlers(): Record<string, (input: unknown) => Promise<EngineInput>> {
    const { machine, clock } = this.#options;
    const handlers = allStates(machine.prepared)
      .filter(([, state]) => state.Type === 'Task')
      .map(([name, state]) => {
        const handler = async (input: unknown): Promise<EngineInput> => {
          const enteredAt = clock.now();
          // Lets the events so far be recorded first, and a stop that they cause arrive.
          await nextTurn();
          this.#abort.signal.throwIfAborted();
          const output =
            state.Resource === WAIT_RESOURCE
              ? await waitOnClock(input, { enteredAt, clock, pace: machine.pace, signal: this.#abort.signal })
              : await runTask(this.#taskRun(name, input as Json), machine);
          return output as EngineInput;
        };
        return [name, handler] as const;
      });
    return Object.fromEntries(handlers);
  }

  #taskRun(name: string, input: Json): TaskRun {
    return { name, state: this.#state(name), input, history: this.history, signal: this.#abort.signal };
  }

  #state(name: string): AslState {
    const state = this.#states.get(name);
    if (state === undefined) {
      throw new Error(`Expected a state of ${this.machine.name}, got '${name}'.`);
    }
    return state;
  }
}

/**
 * What the prepared definition reads in place of `$`. It stands outside of the class: inside, TypeScript 7.0.2 takes the
 * key `Execution` for the class's own name, and builds `_a` of it.
 */
function contextOf(
  { machine, input, arn, name }: ExecutionOptions,
  startedAt: Date,
  states: ReadonlyMap<string, AslState>,
): Record<string, unknown> {
  const startTime = startedAt.toISOString();
  return {
    Execution: { Id: arn, Name: name, Input: input, StartTime: startTime, RoleArn: ROLE_ARN, RedriveCount: 0 },
    StateMachine: { Id: machine.arn, Name: machine.name },
    StateNames: Object.fromEntries([...states.keys()].map((state) => [state, state])),
  };
}

/** The engine wraps the error that ended the execution. */
function endOf(thrown: unknown): End {
  const name = thrown instanceof Error ? thrown.name : '';
  if (name === 'ExecutionTimeoutError') {
    return { status: 'TIMED_OUT', error: 'States.Timeout' };
  }
  if (name === 'ExecutionAbortedError') {
    return { status: 'ABORTED' };
  }
  const inner = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  return inner instanceof Error
    ? { status: 'FAILED', error: inner.name, cause: inner.message }
    : { status: 'FAILED', error: 'States.Runtime', cause: String(inner) };
}
