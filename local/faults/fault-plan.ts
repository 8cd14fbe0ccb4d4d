import { SlotkeeperError } from '../../src/errors/slotkeeper-error.ts';
import { EFFECTS, type FaultRule, type FaultRuleInput, faultRule } from './fault-rule.ts';

/** What a rule is asked about a call. */
export interface CallFacts {
  /** Of `lambda.Invoke`: the function's key. */
  readonly function?: string;
  /** Of `dynamodb.Query`: whether it asks an index. */
  readonly ofIndex?: boolean;
}

/** A fault of an operation that the embedded cloud does not have. */
export class FaultUnknown extends SlotkeeperError {
  constructor(on: string, known: readonly string[]) {
    super('FaultUnknown', `Expected on: of a fault to be one of ${known.join(', ')}, got '${on}'.`);
  }
}

interface Entry {
  readonly rule: FaultRule;
  /** Calls that fit it so far. */
  seen: number;
}

/** The faults that calls of the embedded cloud meet, by rule; each call meets one at most. */
export class FaultPlan {
  readonly #entries: Entry[] = [];
  #operations: readonly string[] | null = null;

  constructor(rules: readonly FaultRule[] = []) {
    this.#entries.push(...rules.map((rule) => ({ rule, seen: 0 })));
  }

  /**
   * Switches a fault on; calls are counted from now on.
   *
   * @throws z.ZodError when it is no such rule; FaultUnknown when nobody could ever meet it
   */
  add(rule: FaultRuleInput): void {
    const read = faultRule.parse(rule);
    this.#refuseUnknown(read);
    this.#entries.push({ rule: read, seen: 0 });
  }

  /**
   * Says which operations there are.
   *
   * @throws FaultUnknown when a rule names another one
   */
  know(operations: readonly string[]): void {
    this.#operations = operations;
    for (const { rule } of this.#entries) {
      this.#refuseUnknown(rule);
    }
  }

  #refuseUnknown({ on }: FaultRule): void {
    if (this.#operations !== null && !this.#operations.includes(on)) {
      const service = on.split('.')[0] ?? '';
      const near = this.#operations.filter((operation) => operation.startsWith(`${service}.`));
      throw new FaultUnknown(on, near.length > 0 ? near : this.#operations);
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
  const effect = EFFECTS.find((name) => rule[name] !== undefined);
  const value = effect === undefined ? true : rule[effect];
  return value === true ? String(effect) : `${effect} ${String(value)}`;
}
