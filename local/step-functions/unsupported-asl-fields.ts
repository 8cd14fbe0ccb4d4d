import { type AslMachine, type AslState, innerMachines } from './asl.ts';

/** What the local engine reads, per type of state; it passes over anything else in silence. */
const COMMON = ['Type', 'Comment', 'QueryLanguage'];
const PATHS = ['InputPath', 'OutputPath'];
const FLOW = ['Next', 'End'];
const RESULTS = ['ResultPath', 'ResultSelector', 'Parameters'];
const ERRORS = ['Retry', 'Catch'];
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Task: [...COMMON, ...PATHS, ...FLOW, ...RESULTS, ...ERRORS, 'Resource', 'TimeoutSeconds'],
  Parallel: [...COMMON, ...PATHS, ...FLOW, ...RESULTS, ...ERRORS, 'Branches'],
  Map: [
    ...[...COMMON, ...PATHS, ...FLOW, ...RESULTS, ...ERRORS, 'ItemProcessor', 'Iterator', 'ItemSelector'],
    ...['ItemsPath', 'MaxConcurrency', 'MaxConcurrencyPath'],
  ],
  Pass: [...COMMON, ...PATHS, ...FLOW, 'ResultPath', 'Parameters', 'Result'],
  Wait: [...COMMON, ...PATHS, ...FLOW, 'Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  Choice: [...COMMON, ...PATHS, 'Choices', 'Default'],
  Succeed: [...COMMON, ...PATHS],
  Fail: [...COMMON, 'Error', 'ErrorPath', 'Cause', 'CausePath'],
};
const MACHINE_FIELDS = ['StartAt', 'States', 'Comment', 'Version', 'TimeoutSeconds', 'QueryLanguage'];
const CHOICE_TESTS = ['IsNull', 'IsPresent', 'IsNumeric', 'IsString', 'IsBoolean', 'IsTimestamp'];

/** `setTimeout` fires at once past this many seconds. */
const LONGEST_TIMEOUT_SECONDS = 2_147_483;

/**
 * What a definition uses that the local engine ignores or does differently from AWS, so that a machine which would
 * behave differently once deployed is refused instead of half run.
 *
 * @param definition a state machine in Amazon States Language
 * @returns one line per finding, e.g. `States.Submit.HeartbeatSeconds: the local engine ignores it`; empty when all is well
 */
export function unsupportedAslFields(definition: AslMachine): string[] {
  return machineFindings(definition, '', true);
}

function machineFindings(machine: AslMachine, path: string, outermost: boolean): string[] {
  const allowed = outermost ? MACHINE_FIELDS : [...MACHINE_FIELDS, 'ProcessorConfig'];
  return [
    ...unknownFields(machine, allowed, path),
    ...queryLanguage(machine, path),
    ...tooLong(machine.TimeoutSeconds, path),
    ...(outermost ? [] : insideOnly(machine, path)),
    ...processorMode(machine, path),
    ...Object.entries(machine.States).flatMap(([name, state]) => stateFindings(state, `${path}States.${name}.`)),
  ];
}

function stateFindings(state: AslState, path: string): string[] {
  return [
    ...unknownFields(state, FIELDS[state.Type] ?? COMMON, path),
    ...queryLanguage(state, path),
    ...tooLong(state.TimeoutSeconds, path),
    ...callbackResource(state, path),
    ...falsyResult(state, path),
    ...intrinsicPaths(state, path),
    ...contextPaths(state, path),
    ...negatedTests(state['Choices'], `${path}Choices`),
    ...innerMachines(state).flatMap((inner, index) => machineFindings(inner, `${path}Inner[${index}].`, false)),
  ];
}

function unknownFields(object: object, allowed: readonly string[], path: string): string[] {
  return Object.keys(object)
    .filter((field) => !allowed.includes(field))
    .map((field) => `${path}${field}: the local engine ignores it`);
}

function queryLanguage(object: Readonly<Record<string, unknown>>, path: string): string[] {
  const language = object['QueryLanguage'] ?? 'JSONPath';
  return language === 'JSONPath' ? [] : [`${path}QueryLanguage: the local engine knows JSONPath only`];
}

function tooLong(seconds: number | undefined, path: string): string[] {
  return (seconds ?? 0) > LONGEST_TIMEOUT_SECONDS
    ? [`${path}TimeoutSeconds: the local engine's timer fires at once past ${LONGEST_TIMEOUT_SECONDS} seconds`]
    : [];
}

function insideOnly(machine: AslMachine, path: string): string[] {
  return machine.TimeoutSeconds === undefined ? [] : [`${path}TimeoutSeconds: only the outermost machine has one`];
}

function processorMode(machine: AslMachine, path: string): string[] {
  const mode = (machine['ProcessorConfig'] as { readonly Mode?: string } | undefined)?.Mode ?? 'INLINE';
  return mode === 'INLINE' ? [] : [`${path}ProcessorConfig.Mode: the local engine runs INLINE only`];
}

function callbackResource(state: AslState, path: string): string[] {
  return /\.(waitForTaskToken|sync(:\d+)?)$/.test(state.Resource ?? '')
    ? [`${path}Resource: the local engine knows request and response only, no callbacks and no .sync`]
    : [];
}

function falsyResult(state: AslState, path: string): string[] {
  return state.Type === 'Pass' && 'Result' in state && !state['Result']
    ? [`${path}Result: the local engine passes the input on where the result is null, false, 0 or ''`]
    : [];
}

function intrinsicPaths(state: AslState, path: string): string[] {
  return ['ErrorPath', 'CausePath']
    .filter((field) => String(state[field] ?? '').startsWith('States.'))
    .map((field) => `${path}${field}: the local engine takes a path here, no intrinsic function`);
}

/** The type tests of a Choice rule: the engine never matches them against false. */
function negatedTests(rules: unknown, path: string): string[] {
  if (typeof rules !== 'object' || rules === null) {
    return [];
  }
  return Object.entries(rules).flatMap(([key, value]) =>
    CHOICE_TESTS.includes(key) && value === false
      ? [`${path}.${key}: the local engine never matches false; use Not with true`]
      : negatedTests(value, `${path}.${key}`),
  );
}

/** The context object: what the engine does not fill, or what cannot be rewritten to what we fill. */
function contextPaths(state: AslState, path: string): string[] {
  const { States: _, ItemProcessor: __, Iterator: ___, Branches: ____, ...own } = state;
  const used = [...new Set(JSON.stringify(own).match(/\$\$(\.[A-Za-z]+)*/g) ?? [])];
  const known = /^\$\$\.(Execution(\.(Id|Name|Input|StartTime|RoleArn).*)?|State\.Name|StateMachine(\.(Id|Name))?)$/;
  const ofItem = /^\$\$\.Map\.Item\.(Index|Value)/;
  return used
    .filter((used_) => !known.test(used_) && !(state.Type === 'Map' && ofItem.test(used_)))
    .map((used_) => `${path}${used_}: the local engine's context object has no such value here`);
}
