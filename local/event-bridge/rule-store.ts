import { arnOf } from '../cloud-names.ts';
import { AwsError } from '../http/aws-error.ts';
import { parseJson } from '../http/parse-json.ts';
import { type EventPattern, patternFault } from './match-event-pattern.ts';
import { parseScheduleExpression, type Schedule } from './schedule-expression.ts';

/** Where a rule sends what it catches. */
export interface RuleTarget {
  readonly Id: string;
  readonly Arn: string;
  /** JSON text that is sent in place of the event. */
  readonly Input?: string;
  readonly RoleArn?: string;
}

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly description: string | null;
  readonly scheduleExpression: string | null;
  readonly schedule: Schedule | null;
  readonly eventPattern: string | null;
  readonly pattern: EventPattern | null;
  readonly targets: ReadonlyMap<string, RuleTarget>;
}

/** What PutRule may be given. */
export interface RuleInput {
  readonly name: string;
  readonly state?: 'ENABLED' | 'DISABLED';
  readonly description?: string;
  readonly scheduleExpression?: string;
  readonly eventPattern?: string;
}

/** The rules of the one event bus. */
export class RuleStore {
  readonly #rules = new Map<string, Rule>();

  get all(): readonly Rule[] {
    return [...this.#rules.values()];
  }

  /**
   * Creates a rule or replaces what it says; its targets stay.
   *
   * @throws AwsError `ValidationException`, `InvalidEventPatternException`
   */
  put(input: RuleInput): Rule {
    if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(input.name)) {
      throw new AwsError(
        'ValidationException',
        `Expected a rule name of 1 to 64 letters, digits, '.', '-', '_', got '${input.name}'.`,
      );
    }
    if (input.scheduleExpression === undefined && input.eventPattern === undefined) {
      throw new AwsError('ValidationException', 'Parameter(s) EventPattern or ScheduleExpression must be specified.');
    }
    const rule: Rule = {
      name: input.name,
      arn: arnOf('events', `rule/${input.name}`),
      state: input.state ?? 'ENABLED',
      description: input.description ?? null,
      scheduleExpression: input.scheduleExpression ?? null,
      schedule: input.scheduleExpression === undefined ? null : parseScheduleExpression(input.scheduleExpression),
      eventPattern: input.eventPattern ?? null,
      pattern: input.eventPattern === undefined ? null : parsePattern(input.eventPattern),
      targets: this.#rules.get(input.name)?.targets ?? new Map(),
    };
    return this.#keep(rule);
  }

  setState(name: string, state: Rule['state']): Rule {
    return this.#keep({ ...this.get(name), state });
  }

  putTargets(name: string, targets: readonly RuleTarget[]): Rule {
    const rule = this.get(name);
    const merged = new Map([...rule.targets, ...targets.map((target) => [target.Id, target] as const)]);
    if (merged.size > 5) {
      throw new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
    }
    return this.#keep({ ...rule, targets: merged });
  }

  removeTargets(name: string, ids: readonly string[]): Rule {
    const rule = this.get(name);
    return this.#keep({ ...rule, targets: new Map([...rule.targets].filter(([id]) => !ids.includes(id))) });
  }

  /** Deletes a rule; deleting one that is not there is no error. */
  delete(name: string): void {
    if ((this.#rules.get(name)?.targets.size ?? 0) > 0) {
      throw new AwsError('ValidationException', "Rule can't be deleted since it has targets.");
    }
    this.#rules.delete(name);
  }

  /** @throws AwsError `ResourceNotFoundException` */
  get(name: string): Rule {
    const rule = this.#rules.get(name);
    if (rule === undefined) {
      throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus default.`);
    }
    return rule;
  }

  #keep(rule: Rule): Rule {
    this.#rules.set(rule.name, rule);
    return rule;
  }
}

function parsePattern(text: string): EventPattern {
  let pattern: unknown;
  try {
    pattern = parseJson(text, 'the pattern');
  } catch (cause) {
    throw new AwsError('InvalidEventPatternException', 'Event pattern is not valid. Reason: it is not JSON.', 400, {
      cause,
    });
  }
  const fault = patternFault(pattern);
  if (fault !== null) {
    throw new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${fault}`);
  }
  return pattern as EventPattern;
}
