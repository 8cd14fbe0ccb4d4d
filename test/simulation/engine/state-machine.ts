import { type Dict, fill, isMet, type Json, place, resolve } from './asl-values.ts';
import type { Scheduler } from './scheduler.ts';

/** A state, as far as it is read here. What is not known is refused, never passed over. */
interface State {
  readonly Type: string;
  readonly [member: string]: unknown;
}

export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  readonly TimeoutSeconds?: number;
}

/** What came of an execution. */
export type Ended = { readonly output: unknown } | { readonly error: string; readonly cause: string };

/** Carries out a Task; an error's `name` is what ASL matches. */
export type RunTask = (resource: string, input: unknown) => Promise<unknown>;

const KNOWN: Readonly<Record<string, readonly string[]>> = {
  Pass: ['Parameters', 'Result', 'ResultPath'],
  Task: ['Resource', 'Parameters', 'ResultSelector', 'ResultPath', 'TimeoutSeconds', 'Retry', 'Catch'],
  Choice: ['Choices', 'Default'],
  Wait: ['SecondsPath'],
  Map: ['ItemsPath', 'ItemSelector', 'MaxConcurrency', 'ItemProcessor', 'Catch', 'ResultPath'],
  Succeed: [],
  Fail: ['Error', 'Cause', 'ErrorPath', 'CausePath'],
};

const NEVER = new Promise<never>(() => undefined);

/**
 * Runs a state machine on virtual time: waits, timeouts and retries take the time that the ASL says, in the order that
 * the seed says. It knows as much of ASL as the reaper's state machines use, and refuses the rest.
 */
export class StateMachine {
  readonly #scheduler: Scheduler;
  readonly #runTask: RunTask;
  readonly #context: Dict;
  readonly #onState: (name: string) => void;
  #isStopped = false;

  constructor(scheduler: Scheduler, context: Dict, runTask: RunTask, onState: (name: string) => void) {
    this.#scheduler = scheduler;
    this.#context = context;
    this.#runTask = runTask;
    this.#onState = onState;
  }

  async run(machine: Machine, input: Json): Promise<Ended> {
    try {
      const work = this.#walk(machine, input, {});
      return {
        output: await (machine.TimeoutSeconds === undefined ? work : this.#within(work, machine.TimeoutSeconds)),
      };
    } catch (error) {
      this.stop();
      return { error: nameOf(error), cause: error instanceof Error ? error.message : String(error) };
    }
  }

  /** StopExecution, or its end by timeout: no further state is entered, and nobody tidies up. */
  stop(): void {
    this.#isStopped = true;
  }

  async #walk(machine: Machine, input: Json, more: Dict): Promise<Json> {
    let data = input;
    for (let name = machine.StartAt; ; ) {
      const state = machine.States[name];
      if (state === undefined) {
        throw new Error(`Expected a state ${name}, found none.`);
      }
      refuseUnknown(name, state);
      if (this.#isStopped) {
        return await NEVER;
      }
      this.#onState(name);
      const { next, output } = await this.#enter(state, data, { ...this.#context, ...more });
      if (next === null) {
        return output;
      }
      data = output;
      name = next;
    }
  }

  async #enter(state: State, data: Json, context: Dict): Promise<{ next: string | null; output: Json }> {
    const next = state['End'] === true ? null : (text(state['Next']) ?? null);
    switch (state.Type) {
      case 'Succeed':
        return { next: null, output: data };
      case 'Fail': {
        const read = (path: unknown, plain: unknown) =>
          typeof path === 'string' ? String(resolve(path, data, context)) : (text(plain) ?? '');
        const error = new Error(read(state['CausePath'], state['Cause']));
        error.name = read(state['ErrorPath'], state['Error']);
        throw error;
      }
      case 'Wait':
        await this.#scheduler.sleep(Number(resolve(text(state['SecondsPath']) ?? '', data, context)) * 1000);
        return { next, output: data };
      case 'Pass': {
        const made = 'Result' in state ? (state['Result'] as Json) : fill(state['Parameters'] as Json, data, context);
        return { next, output: place(data, state['ResultPath'], made) };
      }
      case 'Choice':
        return { next: choose(state, data), output: data };
      default:
        return await this.#attempt(state, data, context, next);
    }
  }

  async #attempt(
    state: State,
    data: Json,
    context: Dict,
    next: string | null,
  ): Promise<{ next: string | null; output: Json }> {
    for (let tries = 0; ; tries += 1) {
      try {
        const result =
          state.Type === 'Map' ? await this.#map(state, data, context) : await this.#task(state, data, context);
        return { next, output: place(data, state['ResultPath'], result) };
      } catch (error) {
        const name = nameOf(error);
        const retry = rulesOf(state['Retry']).find(({ ErrorEquals }) => ErrorEquals.includes(name));
        if (retry !== undefined && tries < Number(retry['MaxAttempts'])) {
          const backOff = Number(retry['IntervalSeconds']) * Number(retry['BackoffRate']) ** tries;
          await this.#scheduler.sleep(backOff * 1000 * this.#scheduler.random.next());
          continue;
        }
        const caught = rulesOf(state['Catch']).find(({ ErrorEquals }) =>
          ErrorEquals.some((one) => one === name || one === 'States.ALL'),
        );
        if (caught === undefined) {
          throw error;
        }
        const told = { Error: name, Cause: error instanceof Error ? error.message : String(error) };
        return { next: text(caught['Next']) ?? null, output: place(data, caught['ResultPath'], told) };
      }
    }
  }

  async #task(state: State, data: Json, context: Dict): Promise<Json> {
    const input = fill(state['Parameters'] as Json, data, context);
    const work = this.#runTask(String(state['Resource']), input);
    const result = (await this.#within(work, Number(state['TimeoutSeconds']))) as Json;
    return 'ResultSelector' in state ? fill(state['ResultSelector'] as Json, result, context) : result;
  }

  async #map(state: State, data: Json, context: Dict): Promise<Json> {
    const items = resolve(text(state['ItemsPath']) ?? '', data, context);
    const waiting = [...(Array.isArray(items) ? items : [])].map((item: Json) =>
      fill(state['ItemSelector'] as Json, data, { ...context, Map: { Item: { Value: item } } }),
    );
    const worker = async () => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
        await this.#walk(state['ItemProcessor'] as Machine, item, {});
      }
    };
    await Promise.all(Array.from({ length: Number(state['MaxConcurrency']) }, worker));
    return null;
  }

  #within<T>(work: Promise<T>, seconds: number): Promise<T> {
    return new Promise((resolvePromise, reject) => {
      const error = new Error(`Expected an end within ${seconds} s.`);
      error.name = 'States.Timeout';
      this.#scheduler.after(seconds * 1000, '', () => reject(error));
      work.then(resolvePromise, reject);
    });
  }
}

interface Handler {
  readonly ErrorEquals: readonly string[];
  readonly [member: string]: unknown;
}

function rulesOf(handlers: unknown): readonly Handler[] {
  return Array.isArray(handlers) ? handlers : [];
}

function refuseUnknown(name: string, state: State): void {
  const known = ['Type', 'Comment', 'Next', 'End', ...(KNOWN[state.Type] ?? [])];
  const strange = Object.keys(state).filter((member) => !known.includes(member));
  if (KNOWN[state.Type] === undefined || strange.length > 0) {
    throw new Error(`Expected state ${name} to use known ASL only, got type ${state.Type} with ${strange.join(', ')}.`);
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function choose(state: State, data: Json): string {
  const rules = state['Choices'] as readonly { readonly [member: string]: Json }[];
  const met = rules.find((rule) => isMet(rule, data));
  return String(met === undefined ? state['Default'] : met['Next']);
}
