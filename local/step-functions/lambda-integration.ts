import { AnswerLostError } from '../http/answer-lost-error.ts';
import { AwsError } from '../http/aws-error.ts';
import type { LambdaService } from '../lambda/lambda-service.ts';
import type { Json } from './asl.ts';
import { StatesError } from './states-error.ts';
import type { TaskIntegration } from './task-integrations.ts';

/** The parameters of `arn:aws:states:::lambda:invoke`. */
interface InvokeParameters {
  readonly FunctionName?: Json;
  readonly Payload?: Json;
  readonly InvocationType?: Json;
}

type Invoke = Pick<LambdaService, 'invoke' | 'invokeLater'>;

/**
 * `arn:aws:states:::lambda:invoke`: answers `{ExecutedVersion, Payload, StatusCode}`. An error that the function threw
 * becomes the state's error: its `errorType`, with the Cause as JSON text (Step Functions guide, "Invoke Lambda").
 */
export function lambdaInvokeIntegration(lambda: Invoke): TaskIntegration {
  return async (parameters) => {
    const { FunctionName, Payload, InvocationType } = (parameters ?? {}) as InvokeParameters;
    if (typeof FunctionName !== 'string') {
      throw new StatesError(
        'States.Runtime',
        `Expected FunctionName to be text, got ${JSON.stringify(FunctionName)}.`,
        false,
      );
    }
    const payload = JSON.stringify(Payload ?? {});
    if (InvocationType === 'Event') {
      await inLambdasWords(async () => lambda.invokeLater(FunctionName, payload));
      return { ExecutedVersion: '$LATEST', Payload: {}, StatusCode: 202 };
    }
    return { ExecutedVersion: '$LATEST', Payload: await run(lambda, FunctionName, payload), StatusCode: 200 };
  };
}

/** A function's own ARN as the Resource: the state's input is the event, the result is the state's result. */
export function lambdaArnIntegration(lambda: Invoke, functionArn: string): TaskIntegration {
  return (input) => run(lambda, functionArn, JSON.stringify(input));
}

async function run(lambda: Invoke, functionName: string, payload: string): Promise<Json> {
  const outcome = await inLambdasWords(() => lambda.invoke(functionName, payload));
  if (!outcome.ok) {
    throw new StatesError(outcome.error.errorType, JSON.stringify(outcome.error));
  }
  return JSON.parse(outcome.payload) as Json;
}

/** The service's own errors carry its prefix, e.g. `Lambda.ResourceNotFoundException`. */
async function inLambdasWords<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof AwsError) {
      throw new StatesError(`Lambda.${error.name}`, `${error.message} (Service: Lambda, Status Code: ${error.status})`);
    }
    // A connection that broke before the answer: what an SDK reports as its own failure.
    throw error instanceof AnswerLostError ? new StatesError('Lambda.SdkClientException', error.message) : error;
  }
}
