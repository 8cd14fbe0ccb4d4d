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

/** Where links of notices lead, and the secret that signs them. */
export interface LinkEnvironment {
  readonly url: string;
  readonly secretArn: string;
}

/**
 * What the notices' links need.
 *
 * @returns null when neither variable is set: then notices have no links
 * @throws EnvironmentIncomplete when one of the two is set
 */
export function readLinkEnvironment(env: Variables): LinkEnvironment | null {
  const names = { url: 'SLOTKEEPER_SNOOZE_URL', secretArn: 'SLOTKEEPER_SNOOZE_SECRET_ARN' } as const;
  const isSet = Object.values(names).some((name) => (env[name] ?? '') !== '');
  return isSet ? readRequired(env, names) : null;
}

/**
 * What the function behind the links needs.
 *
 * @throws EnvironmentIncomplete naming every variable that is missing
 */
export function readSnoozeEnvironment(
  env: Variables,
): Pick<LambdaEnvironment, 'configPath' | 'tableName' | 'eventBus'> & Pick<LinkEnvironment, 'secretArn'> {
  return {
    ...readRequired(env, {
      configPath: 'SLOTKEEPER_CONFIG',
      tableName: 'SLOTKEEPER_TABLE',
      secretArn: 'SLOTKEEPER_SNOOZE_SECRET_ARN',
    }),
    eventBus: env['SLOTKEEPER_EVENT_BUS'] || 'default',
  };
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
