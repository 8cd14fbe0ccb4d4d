import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** What the functions read from their environment. */
export interface LambdaEnvironment {
  /** Path of `slotkeeper.yml`. */
  readonly configPath: string;
  readonly tableName: string;
  readonly ownersTopicArn: string;
  readonly operatorsTopicArn: string;
  readonly eventBus: string;
}

/** A variable that a function needs is not set. */
export class EnvironmentIncomplete extends SlotkeeperError {
  constructor(missing: readonly string[]) {
    super(
      'EnvironmentIncomplete',
      `Expected the environment to set ${missing.join(', ')}; ${missing.length === 1 ? 'it is' : 'they are'} missing or empty. Set ${missing.length === 1 ? 'it' : 'them'} on the function.`,
    );
  }
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment once, all variables at a time.
 *
 * @throws EnvironmentIncomplete naming every variable that is missing
 */
export function readLambdaEnvironment(env: Variables): LambdaEnvironment {
  return {
    ...readRequired(env, {
      configPath: 'SLOTKEEPER_CONFIG',
      tableName: 'SLOTKEEPER_TABLE',
      ownersTopicArn: 'SLOTKEEPER_OWNERS_TOPIC_ARN',
      operatorsTopicArn: 'SLOTKEEPER_OPERATORS_TOPIC_ARN',
    }),
    eventBus: env['SLOTKEEPER_EVENT_BUS'] || 'default',
  };
}

/**
 * The same for the functions of tenants' queries, which need less.
 *
 * @throws EnvironmentIncomplete naming every variable that is missing
 */
export function readTenantEnvironment(env: Variables): Pick<LambdaEnvironment, 'configPath' | 'tableName'> {
  return readRequired(env, { configPath: 'SLOTKEEPER_CONFIG', tableName: 'SLOTKEEPER_TABLE' });
}

function readRequired<Member extends string>(
  env: Variables,
  names: Readonly<Record<Member, string>>,
): Record<Member, string> {
  const members = Object.entries<string>(names).map(([member, name]) => ({ member, name, value: env[name] ?? '' }));
  const missing = members.filter(({ value }) => value === '');
  if (missing.length > 0) {
    throw new EnvironmentIncomplete(missing.map(({ name }) => name));
  }
  return Object.fromEntries(members.map(({ member, value }) => [member, value])) as Record<Member, string>;
}
