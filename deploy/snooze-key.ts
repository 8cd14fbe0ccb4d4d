import type { Resources } from './cloudformation.ts';
import type { StackNames } from './stack-names.ts';

/** Signs the links of the notices. A rotated key is still taken until the next rotation (docs/snooze.md). */
export function snoozeKey({ prefix }: StackNames): Resources {
  return {
    SnoozeKey: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: {
        Name: `${prefix}-snooze-key`,
        Description: 'Signs the links by which owners keep their sessions',
        GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
      },
    },
  };
}
