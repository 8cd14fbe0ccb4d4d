/** A state of a definition in Amazon States Language, as far as a picture shows it. */
export interface AslState {
  readonly Type: string;
  readonly Comment?: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly Choices?: readonly ChoiceRule[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly ItemProcessor?: AslMachine;
}

export interface AslMachine {
  readonly Comment?: string;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, AslState>>;
}

export type ChoiceRule = Readonly<Record<string, unknown>> & { readonly Next?: string };

/** Where any step's unexpected error leads; drawn once in words, since an arrow from every task would hide the rest. */
const FAILURE_STATE = 'FailRun';

const ENDS: ReadonlySet<string> = new Set(['Succeed', 'Fail']);

/** Operators of a Choice rule in words. `IsPresent` and the like test for true. */
const OPERATORS: Readonly<Record<string, string>> = {
  StringEquals: 'is',
  BooleanEquals: 'is',
  NumericGreaterThan: '>',
  NumericLessThanEquals: '<=',
  NumericGreaterThanEqualsPath: '>=',
  IsPresent: 'present',
  IsNumeric: 'numeric',
};

/**
 * Draws a state machine as mermaid text, one line per transition, in the order of the definition.
 *
 * @throws RangeError on a Choice operator that it cannot put into words
 */
export function mermaidOfAsl(machine: AslMachine): string {
  return ['stateDiagram-v2', ...machineLines(machine).map((line) => `  ${line}`)].join('\n');
}

function machineLines(machine: AslMachine): readonly string[] {
  return [
    `[*] --> ${machine.StartAt}`,
    ...Object.entries(machine.States).flatMap(([name, state]) => [
      ...choiceLines(name, state),
      ...innerLines(name, state),
      ...transitionLines(name, state),
    ]),
  ];
}

function choiceLines(name: string, state: AslState): readonly string[] {
  return state.Type === 'Choice' ? [`state ${name} <<choice>>`, `note right of ${name} : ${name}`] : [];
}

function innerLines(name: string, { ItemProcessor }: AslState): readonly string[] {
  return ItemProcessor === undefined
    ? []
    : [`state ${name} {`, ...machineLines(ItemProcessor).map((line) => `  ${line}`), '}'];
}

function transitionLines(name: string, state: AslState): readonly string[] {
  const arrows = [
    ...(state.Next === undefined ? [] : [`${name} --> ${state.Next}`]),
    ...(state.Choices ?? []).map((rule) => `${name} --> ${rule.Next} : ${describeRule(rule)}`),
    ...(state.Default === undefined ? [] : [`${name} --> ${state.Default} : otherwise`]),
    ...(state.Catch ?? [])
      .filter((catcher) => catcher.Next !== FAILURE_STATE && catcher.Next !== state.Next)
      .map(({ ErrorEquals, Next }) => `${name} --> ${Next} : ${describeErrors(ErrorEquals)}`),
  ];
  return state.End === true || ENDS.has(state.Type) ? [...arrows, `${name} --> [*]`] : arrows;
}

function describeErrors(errors: readonly string[]): string {
  return errors.includes('States.ALL') ? 'any error' : errors.join(' or ');
}

/** e.g. `status is FINISHED or status is ABORTED`. */
export function describeRule(rule: ChoiceRule): string {
  const { Or, And } = rule;
  const [parts, word] = Array.isArray(And) ? [And, ' and '] : [Or, ' or '];
  if (Array.isArray(parts)) {
    return parts.map((part: ChoiceRule) => describeRule(part)).join(word);
  }
  const [operator, value] = Object.entries(rule).find(([key]) => key in OPERATORS) ?? [];
  const words = operator === undefined ? undefined : OPERATORS[operator];
  if (words === undefined) {
    throw new RangeError(
      `Expected a Choice rule with one of ${Object.keys(OPERATORS).join(', ')}, got ${JSON.stringify(rule)}.`,
    );
  }
  const subject = shortPath(rule['Variable']);
  return operator?.startsWith('Is') ? `${subject} ${words}` : `${subject} ${words} ${shortPath(value)}`;
}

/** The last members of a path, which say enough beside an arrow. */
function shortPath(value: unknown): string {
  return String(value).replace(/^\$\.(.*\.)?/, '');
}
