import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { arnOf } from '../cloud-names.ts';
import { AwsError } from '../http/aws-error.ts';
import { parseJson } from '../http/parse-json.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import type { Json } from './asl.ts';
import { Execution } from './execution.ts';
import type { LoadedMachine } from './load-state-machine.ts';
import { DATA_LIMIT_BYTES } from './states-error.ts';

/** How many ended executions are remembered; AWS remembers them for 90 days. */
const REMEMBERED = 1_000;

/** What StartExecution may be given. */
export interface StartRequest {
  readonly stateMachineArn: string;
  /** A random one when left out. */
  readonly name?: string;
  /** JSON text; `{}` when left out. */
  readonly input?: string;
}

/** The state machines and their executions. */
export class StateMachineRuntime {
  readonly machines: readonly LoadedMachine[];
  readonly #clock: VirtualClock;
  readonly #executions = new Map<string, Execution>();
  #stopped = false;

  constructor(machines: readonly LoadedMachine[], clock: VirtualClock) {
    this.machines = machines;
    this.#clock = clock;
  }

  /**
   * Starts an execution. The same name with the same input while it runs is the same execution.
   *
   * @throws AwsError `StateMachineDoesNotExist`, `InvalidName`, `InvalidExecutionInput`, `ExecutionAlreadyExists`
   */
  start(request: StartRequest): Execution {
    if (this.#stopped) {
      throw new AwsError('ServiceUnavailableException', 'The embedded cloud is stopping.', 503);
    }
    const machine = this.machine(request.stateMachineArn);
    const name = validName(request.name ?? randomUUID());
    const inputText = request.input ?? '{}';
    const input = parseInput(inputText);
    const arn = arnOf('states', `execution:${machine.name}:${name}`);
    const existing = this.#executions.get(arn);
    if (existing !== undefined) {
      if (existing.status === 'RUNNING' && isDeepStrictEqual(parseInput(existing.inputText), input)) {
        return existing;
      }
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    this.#forgetOldest();
    const execution = new Execution({ arn, name, machine, inputText, input, clock: this.#clock });
    this.#executions.set(arn, execution);
    return execution;
  }

  /** @throws AwsError `StateMachineDoesNotExist` */
  machine(arn: string): LoadedMachine {
    const found = this.machines.find((machine) => machine.arn === arn);
    if (found === undefined) {
      throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    }
    return found;
  }

  /** @throws AwsError `ExecutionDoesNotExist` */
  execution(arn: string): Execution {
    const found = this.#executions.get(arn);
    if (found === undefined) {
      throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    }
    return found;
  }

  /** A machine's executions, or all, newest first. */
  executions(machineArn?: string): readonly Execution[] {
    return [...this.#executions.values()]
      .filter((execution) => machineArn === undefined || execution.machine.arn === machineArn)
      .reverse();
  }

  /** Ends every execution that runs; none can be started afterwards. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const running = this.executions().filter((execution) => execution.status === 'RUNNING');
    await Promise.all(running.map((execution) => execution.stop('EmbeddedCloudStopped', 'The embedded cloud stops.')));
  }

  #forgetOldest(): void {
    for (const [arn, execution] of this.#executions) {
      if (this.#executions.size < REMEMBERED) {
        return;
      }
      if (execution.status !== 'RUNNING') {
        this.#executions.delete(arn);
      }
    }
  }
}

/** The rule of the API reference, "StartExecution": 1 to 80 characters, none of these. */
function validName(name: string): string {
  if (!/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/u.test(name)) {
    throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
  }
  return name;
}

function parseInput(text: string): Json {
  if (Buffer.byteLength(text) > DATA_LIMIT_BYTES) {
    throw new AwsError('ValidationException', `Expected an input of at most ${DATA_LIMIT_BYTES} bytes.`);
  }
  try {
    return parseJson(text, 'the input') as Json;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${reason}'`, 400, { cause });
  }
}
