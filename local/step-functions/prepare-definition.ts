import type { AslMachine, AslState } from './asl.ts';

/** Where a rewritten Wait state finds its time and its input; no resource of AWS looks like this. */
export const WAIT_RESOURCE = 'slotkeeper:wait';

/** What stands for "no timeout": the engine would otherwise end a Task after 60 seconds, AWS after years. */
const NO_TIMEOUT_SECONDS = 2_000_000;

/**
 * Turns a definition into what the local engine must be given so that it behaves as AWS does:
 *
 * - a Wait state becomes a Task that waits on the cloud's clock (the engine's own follows the machine's);
 * - a Task without TimeoutSeconds gets no timeout instead of the engine's 60 seconds;
 * - a ResultPath of `$`, which replaces the whole state, is left out (the engine would set a member named `$`);
 * - `$$.Execution`, `$$.StateMachine` and `$$.State.Name` are read from `$$.Cloud`, because the engine overwrites
 *   parts of `$$.Execution` (inside a Map even with the item) and has no `$$.State`.
 *
 * The definition itself is not changed.
 */
export function prepareDefinition(machine: AslMachine): AslMachine {
  const states = Object.entries(machine.States).map(([name, state]) => [name, prepareState(name, state)] as const);
  return { ...machine, States: Object.fromEntries(states) };
}

function prepareState(name: string, state: AslState): AslState {
  const { ItemProcessor, Iterator, Branches, ...own } = state;
  const inner = {
    ...(ItemProcessor === undefined ? {} : { ItemProcessor: prepareDefinition(ItemProcessor) }),
    ...(Iterator === undefined ? {} : { Iterator: prepareDefinition(Iterator) }),
    ...(Branches === undefined ? {} : { Branches: Branches.map(prepareDefinition) }),
  };
  const rewritten = rewriteContext(withoutRootResultPath(own), name) as AslState;
  return { ...prepareTask(rewritten), ...inner };
}

function withoutRootResultPath(state: AslState): AslState {
  const { ResultPath, ...rest } = state;
  const catchers = Array.isArray(state['Catch']) ? { Catch: state['Catch'].map(withoutRootResultPath) } : {};
  const kept = ResultPath === undefined || ResultPath === '$' ? {} : { ResultPath };
  return { ...rest, ...kept, ...catchers } as AslState;
}

function prepareTask(state: AslState): AslState {
  if (state.Type === 'Task') {
    return { ...state, TimeoutSeconds: state.TimeoutSeconds ?? NO_TIMEOUT_SECONDS };
  }
  if (state.Type !== 'Wait') {
    return state;
  }
  const { Seconds, SecondsPath, Timestamp, TimestampPath, ...rest } = state;
  return {
    ...rest,
    Type: 'Task',
    Resource: WAIT_RESOURCE,
    TimeoutSeconds: NO_TIMEOUT_SECONDS,
    Parameters: {
      'input.$': '$',
      ...(Seconds === undefined ? {} : { seconds: Seconds }),
      ...(SecondsPath === undefined ? {} : { 'seconds.$': SecondsPath }),
      ...(Timestamp === undefined ? {} : { timestamp: Timestamp }),
      ...(TimestampPath === undefined ? {} : { 'timestamp.$': TimestampPath }),
    },
  };
}

/** Rewrites context paths in every place that the engine evaluates: `…Path`, `Variable` and keys that end with `.$`. */
function rewriteContext(value: unknown, stateName: string): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => rewriteContext(item, stateName));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      typeof member === 'string' && /(\.\$|Path|^Variable)$/.test(key)
        ? rewritePath(member, stateName)
        : rewriteContext(member, stateName),
    ]),
  );
}

function rewritePath(path: string, stateName: string): string {
  return path
    .replaceAll(/\$\$\.(Execution|StateMachine)\b/g, '$$$$.Cloud.$1')
    .replaceAll(/\$\$\.State\.Name\b/g, `$$$$.Cloud.StateNames.${stateName}`);
}
