import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import { DirectWarehouseFailed } from '../warehouse/direct-errors/direct-warehouse-failed.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { exitOfErrorName } from './exit-of-error-name.ts';

/** An error as the command line shows it. */
export interface ExplainedError {
  readonly name: string;
  /** What was expected, what was got, what to do. */
  readonly message: string;
  readonly exitCode: ExitCode;
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
]);
const CREDENTIALS_REFUSED = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
]);
const DENIED = new Set(['AccessDenied', 'AccessDeniedException']);
const LOCAL_ENVIRONMENT = 'AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local';

/**
 * Turns whatever was thrown into one message that says what to do, and the exit code that fits.
 *
 * @param endpoint what AWS_ENDPOINT_URL says; undefined: AWS itself
 */
export function explainError(error: unknown, endpoint: string | undefined): ExplainedError {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  // What it says of a PostgreSQL server is no word about AWS.
  const code = error instanceof DirectWarehouseFailed ? null : connectionCode(error);
  if (code !== null) {
    return {
      name: 'EndpointUnreachable',
      message: endpoint === undefined ? unreachableAws(code) : unreachableEndpoint(endpoint, code),
      exitCode: EXIT.failed,
    };
  }
  if (error instanceof SlotkeeperError) {
    return { name, message, exitCode: exitOfErrorName(name) };
  }
  return { ...explainAws(name, message, endpoint), exitCode: EXIT.failed };
}

/** Errors of the AWS SDK and of the services, by name; the SDK has a class for few of them. */
function explainAws(name: string, message: string, endpoint: string | undefined): { name: string; message: string } {
  const where = endpoint ?? 'AWS';
  if (message.startsWith('Region is missing') || message.startsWith('Region not accepted')) {
    return {
      name: 'RegionMissing',
      message: `No usable AWS region is configured (${message}). Pass --region, set AWS_REGION, or for the embedded cloud: export ${LOCAL_ENVIRONMENT}`,
    };
  }
  if (name === 'CredentialsProviderError') {
    return {
      name: 'CredentialsMissing',
      message: `No AWS credentials were found (${message}). Sign in (aws sso login, --profile), or for the embedded cloud: export ${LOCAL_ENVIRONMENT}`,
    };
  }
  if (CREDENTIALS_REFUSED.has(name)) {
    return {
      name,
      message: `${where} refused the AWS credentials: ${message} Sign in again, or pass another --profile.`,
    };
  }
  if (DENIED.has(name)) {
    return { name, message: `${where} does not allow this to the AWS identity in use: ${message}` };
  }
  if (name === 'ResourceNotFoundException') {
    return {
      name: 'TableNotFound',
      message: `The session table was not found at ${where}: ${message} Check --stage and --region, or deploy the stage.`,
    };
  }
  return { name, message };
}

function unreachableEndpoint(endpoint: string, code: string): string {
  return (
    `Nothing answers at AWS_ENDPOINT_URL=${endpoint} (${code}). ` +
    'Start the embedded cloud there (npm run slotkeeper -- local), or unset AWS_ENDPOINT_URL to speak to AWS.'
  );
}

function unreachableAws(code: string): string {
  return (
    `AWS cannot be reached (${code}). Check the network and the region, ` +
    'or for the embedded cloud start it (npm run slotkeeper -- local) and set AWS_ENDPOINT_URL.'
  );
}

/** The system's error code where a connection failed, looked for along `cause` and inside an AggregateError. */
function connectionCode(error: unknown): string | null {
  if (!(error instanceof Error)) {
    return null;
  }
  if ('code' in error && typeof error.code === 'string' && UNREACHABLE.has(error.code)) {
    return error.code;
  }
  const inner = [error.cause, ...(error instanceof AggregateError ? error.errors : [])];
  for (const candidate of inner) {
    const code = connectionCode(candidate);
    if (code !== null) {
      return code;
    }
  }
  return null;
}
