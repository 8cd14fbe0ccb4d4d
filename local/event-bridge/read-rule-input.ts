import { asObject } from '../http/as-object.ts';
import { AwsError } from '../http/aws-error.ts';
import { parseJson } from '../http/parse-json.ts';
import type { RuleInput, RuleTarget } from './rule-store.ts';

type Input = Readonly<Record<string, unknown>>;

/** Members of a target that change what is sent or where; refused, because passing over them would send the wrong thing. */
const TARGET_MEMBERS = ['Id', 'Arn', 'Input', 'RoleArn', 'RetryPolicy', 'DeadLetterConfig'];

/** Reads PutRule's input. @throws AwsError `ValidationException` */
export function readRuleInput(input: Input): RuleInput {
  const state = optional(input, 'State');
  if (state !== undefined && state !== 'ENABLED' && state !== 'DISABLED') {
    throw new AwsError('ValidationException', `Expected State to be ENABLED or DISABLED, got '${state}'.`);
  }
  const description = optional(input, 'Description');
  const scheduleExpression = optional(input, 'ScheduleExpression');
  const eventPattern = optional(input, 'EventPattern');
  return {
    name: ruleNameOf(input, 'Name'),
    ...(state === undefined ? {} : { state }),
    ...(description === undefined ? {} : { description }),
    ...(scheduleExpression === undefined ? {} : { scheduleExpression }),
    ...(eventPattern === undefined ? {} : { eventPattern }),
  };
}

/** Reads PutTargets' targets. @throws AwsError `ValidationException` */
export function readRuleTargets(input: Input): RuleTarget[] {
  const targets = input['Targets'];
  if (!Array.isArray(targets) || targets.length === 0) {
    throw new AwsError('ValidationException', "Expected the member 'Targets': at least one target.");
  }
  return targets.map((element: unknown) => {
    const target = asObject(element, 'Targets');
    const unknown = Object.keys(target).find((member) => !TARGET_MEMBERS.includes(member));
    if (unknown !== undefined) {
      throw new AwsError('ValidationException', `The embedded cloud does not know a target's '${unknown}'; use Input.`);
    }
    const payload = optional(target, 'Input');
    const roleArn = optional(target, 'RoleArn');
    return {
      Id: required(target, 'Id'),
      Arn: required(target, 'Arn'),
      ...(payload === undefined ? {} : { Input: checkedJson(payload) }),
      ...(roleArn === undefined ? {} : { RoleArn: roleArn }),
    };
  });
}

/** The rule that a request is about. @throws AwsError `ResourceNotFoundException` for another bus than `default` */
export function ruleNameOf(input: Input, member: 'Name' | 'Rule'): string {
  const bus = optional(input, 'EventBusName') ?? 'default';
  if (bus !== 'default' && !bus.endsWith(':event-bus/default')) {
    throw new AwsError('ResourceNotFoundException', `Event bus ${bus} does not exist.`);
  }
  return required(input, member);
}

function checkedJson(text: string): string {
  try {
    parseJson(text, 'Input');
    return text;
  } catch (cause) {
    throw new AwsError('ValidationException', 'JSON syntax error in input for target.', 400, { cause });
  }
}

function required(input: Input, member: string): string {
  const value = optional(input, member);
  if (value === undefined || value === '') {
    throw new AwsError('ValidationException', `Expected the member '${member}'; it is required.`);
  }
  return value;
}

function optional(input: Input, member: string): string | undefined {
  const value = input[member];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value !== 'string') {
    throw new AwsError('SerializationException', `Expected the member '${member}' to be text, got ${typeof value}.`);
  }
  return value;
}
