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

/**
 * Reads the environment once, all variables at a time.
 *
 * @throws EnvironmentIncomplete naming every variable that is missing
 */
export function readLambdaEnvironment(env: Readonly<Record<string, string | undefined>>): LambdaEnvironment {
  const missing: string[] = [];
  const required = (name: string): string => {
    const value = env[name] ?? '';
    if (value === '') {
      missing.push(name);
    }
    return value;
  };
  const environment = {
    configPath: required('SLOTKEEPER_CONFIG'),
    tableName: required('SLOTKEEPER_TABLE'),
    ownersTopicArn: required('SLOTKEEPER_OWNERS_TOPIC_ARN'),
    operatorsTopicArn: required('SLOTKEEPER_OPERATORS_TOPIC_ARN'),
    eventBus: env['SLOTKEEPER_EVENT_BUS'] || 'default',
  };
  if (missing.length > 0) {
    throw new EnvironmentIncomplete(missing);
  }
  return environment;
}
