import { randomBytes, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { safeParse } from '../../src/errors/safe-parse.ts';
import { arnOf } from '../cloud-names.ts';
import { AwsError } from '../http/aws-error.ts';
import type { AwsService } from '../http/aws-service.ts';
import { jsonService } from '../http/json-service.ts';

/** A version of a secret. */
interface Version {
  readonly id: string;
  readonly text: string;
  readonly createdAt: number;
}

interface Secret {
  readonly name: string;
  readonly arn: string;
  current: Version;
  previous: Version | null;
}

/** Secrets Manager, as far as Slotkeeper needs it: secrets of text with their newest two versions. */
export interface SecretsService extends AwsService {
  /** Makes a secret of random text, as `GenerateSecretString` does. @returns its ARN */
  create(name: string): string;
}

const getInput = z.object({
  SecretId: z.string(),
  VersionStage: z.enum(['AWSCURRENT', 'AWSPREVIOUS']).default('AWSCURRENT'),
});
const putInput = z.object({ SecretId: z.string(), SecretString: z.string().min(1) });
const createInput = z.object({ Name: z.string().min(1), SecretString: z.string().min(1) });

/** What Secrets Manager adds to a secret's name in its ARN: a hyphen and six characters. */
const SUFFIX_LENGTH = 7;

/**
 * CreateSecret, GetSecretValue and PutSecretValue (Secrets Manager API reference): a new value takes the label AWSCURRENT,
 * and the one that had it becomes AWSPREVIOUS. A secret is found by its name, its ARN, or its ARN without the suffix
 * (user guide, "What's in a Secrets Manager secret?").
 */
export function createSecretsService(): SecretsService {
  const secrets = new Map<string, Secret>();
  const find = (id: string): Secret => {
    const secret = [...secrets.values()].find(
      ({ name, arn }) => id === name || id === arn || id === arn.slice(0, -SUFFIX_LENGTH),
    );
    if (secret === undefined) {
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return secret;
  };
  const add = (name: string, text: string): Secret => {
    const arn = arnOf('secretsmanager', `secret:${name}-${randomBytes(3).toString('hex')}`);
    const secret: Secret = { name, arn, current: newVersion(text), previous: null };
    secrets.set(name, secret);
    return secret;
  };
  const service = jsonService({
    name: 'secretsmanager',
    targetPrefix: 'secretsmanager',
    operations: {
      CreateSecret: (input) => {
        const { Name, SecretString } = read(createInput, input);
        if (secrets.has(Name)) {
          throw new AwsError(
            'ResourceExistsException',
            `The operation failed because the secret ${Name} already exists.`,
          );
        }
        const secret = add(Name, SecretString);
        return { ARN: secret.arn, Name, VersionId: secret.current.id };
      },
      GetSecretValue: (input) => {
        const { SecretId, VersionStage } = read(getInput, input);
        const { name, arn, current, previous } = find(SecretId);
        const version = VersionStage === 'AWSCURRENT' ? current : previous;
        if (version === null) {
          throw new AwsError(
            'ResourceNotFoundException',
            `Secrets Manager can't find the specified secret value for staging label: ${VersionStage}`,
          );
        }
        return {
          ...{ ARN: arn, Name: name, VersionId: version.id, VersionStages: [VersionStage] },
          ...{ SecretString: version.text, CreatedDate: version.createdAt },
        };
      },
      PutSecretValue: (input) => {
        const { SecretId, SecretString } = read(putInput, input);
        const secret = find(SecretId);
        secret.previous = secret.current;
        secret.current = newVersion(SecretString);
        return { ARN: secret.arn, Name: secret.name, VersionId: secret.current.id, VersionStages: ['AWSCURRENT'] };
      },
    },
  });
  return {
    ...service,
    create: (name) => add(name, randomBytes(48).toString('base64url')).arn,
  };
}

function newVersion(text: string): Version {
  return { id: randomUUID(), text, createdAt: Date.now() / 1000 };
}

function read<T>(shape: z.ZodType<T>, input: unknown): T {
  const parsed = safeParse(shape, input);
  if (!parsed.success) {
    throw new AwsError('InvalidRequestException', z.prettifyError(parsed.error));
  }
  return parsed.data;
}
