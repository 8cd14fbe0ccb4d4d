import { SlotkeeperError } from '../../src/errors/slotkeeper-error.ts';
import type { FaultFile } from './fault-file.ts';
import { EFFECTS, type FaultRule, type FaultRuleInput, faultRule } from './fault-rule.ts';

/** What a rule is asked about a call. */
export interface CallFacts {
  /** Of `lambda.Invoke`: the function's key. */
  readonly function?: string;
  /** Of `dynamodb.Query`: whether it asks an index. */
  readonly ofIndex?: boolean;
}

/** A fault of an operation, or of a function, that the embedded cloud does not have. */
export class FaultUnknown extends SlotkeeperError {
  constructor(problem: UnknownName) {
    super('FaultUnknown', `Expected ${problem.key}: of a fault to be ${problem.expected}, got '${problem.got}'.`);
  }
}

/** A name in a rule that nothing has. */
interface UnknownName {
  readonly key: 'on' | 'function';
  readonly expected: string;
  readonly got: string;
  /** Which ones there are. */
  readonly known: readonly string[];
}

/** What the cloud has, by which rules are checked. */
interface KnownNames {
  readonly operations: readonly string[];
  /** Keys of functions. */
  readonly functions: readonly string[];
}

interface Entry {
  readonly rule: FaultRule;
  /** Calls that fit it so far. */
  seen: number;
}

/** The faults that calls of the embedded cloud meet, by rule; each call meets one at most. */
export class FaultPlan {
  readonly #entries: Entry[] = [];
  readonly #refusal: FaultFile['refusal'];
  #known: KnownNames | null = null;

  /** @param file the rules that are switched on from the start, and the error when one of them names what there is not */
  constructor({ faults = [], refusal }: Partial<FaultFile> = {}) {
    this.#entries.push(...faults.map((rule) => ({ rule, seen: 0 })));
    this.#refusal = refusal;
  }

  /**
   * Switches a fault on; calls are counted from now on.
   *
   * @throws z.ZodError when it is no such rule; FaultUnknown when nobody could ever meet it
   */
  add(rule: FaultRuleInput): void {
    const read = faultRule.parse(rule);
    const problem = this.#known === null ? null : unknownName(read, this.#known);
    if (problem !== null) {
      throw new FaultUnknown(problem);
    }
    this.#entries.push({ rule: read, seen: 0 });
  }

  /**
   * Says which operations and functions there are.
   *
   * @throws InvalidConfig with the lines of all rules that name others, when they are of a file; else FaultUnknown
   */
  know(known: KnownNames): void {
    this.#known = known;
    const problems = this.#entries.flatMap(({ rule }, index) => {
      const problem = unknownName(rule, known);
      return problem === null ? [] : [{ ...problem, path: ['faults', index, problem.key] }];
    });
    const [first] = problems;
    if (first !== undefined) {
      throw this.#refusal?.(problems) ?? new FaultUnknown(first);
    }
  }

  /** Switches all off. */
  clear(): void {
    this.#entries.splice(0);
  }

  /** The fault that this call meets. Every rule that the call fits counts it, also those that are not its turn. */
  take(operation: string, facts: CallFacts = {}): FaultRule | null {
    let met: FaultRule | null = null;
    for (const entry of this.#entries) {
      const { rule } = entry;
      if (rule.on !== operation || !fits(rule, facts)) {
        continue;
      }
      entry.seen += 1;
      const until = rule.times === 'always' ? Number.POSITIVE_INFINITY : rule.call + rule.times;
      if (met === null && entry.seen >= rule.call && entry.seen < until) {
        met = rule;
      }
    }
    return met;
  }

  /** Each in a line, e.g. `dynamodb.PutItem, call 3, 2 times: error ThrottlingException`. */
  describe(): string[] {
    return this.#entries.map(({ rule }) => describeRule(rule));
  }
}

/** The first name in a rule that nothing has: a fault that nobody could ever meet. */
function unknownName(rule: FaultRule, { operations, functions }: KnownNames): UnknownName | null {
  if (!operations.includes(rule.on)) {
    const [service] = rule.on.split('.');
    const near = operations.filter((operation) => operation.startsWith(`${service}.`));
    const services = [...new Set(operations.map((operation) => operation.split('.')[0]))].join(', ');
    const expected = near.length > 0 ? `one of ${near.join(', ')}` : `an operation of one of ${services}`;
    return { key: 'on', expected, got: rule.on, known: operations };
  }
  if (rule.function !== undefined && !functions.includes(rule.function)) {
    return { key: 'function', expected: `one of ${functions.join(', ')}`, got: rule.function, known: functions };
  }
  return null;
}

function fits(rule: FaultRule, facts: CallFacts): boolean {
  return (
    (rule.function === undefined || rule.function === facts.function) &&
    (rule.staleIndex === undefined || facts.ofIndex === true)
  );
}

/** A fault in a line. */
export function describeRule(rule: FaultRule): string {
  const who = rule.function === undefined ? '' : ` of ${rule.function}`;
  const times = rule.times === 'always' ? 'and all after it' : rule.times === 1 ? '' : `${rule.times} times`;
  return `${[`${rule.on}${who}`, `call ${rule.call}`, times].filter((part) => part !== '').join(', ')}: ${describeEffect(rule)}`;
}

function describeEffect(rule: FaultRule): string {
  if (rule.error !== undefined) {
    return `error ${rule.error.type}${rule.error.after ? ' after the effect' : ''}`;
  }
  if (rule.delay !== undefined) {
    return `delay ${rule.delay}s`;
  }
  if (rule.again !== undefined) {
    return `again after ${rule.again}s`;
  }
  const effect = EFFECTS.find((name) => rule[name] !== undefined);
  const value = effect === undefined ? true : rule[effect];
  return value === true ? String(effect) : `${effect} ${String(value)}`;
}
