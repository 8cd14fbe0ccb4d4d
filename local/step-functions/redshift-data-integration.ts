import { randomUUID } from 'node:crypto';
import { LOCAL_CREDENTIALS } from '../cloud-names.ts';
import type { DataApi } from '../data-api/data-api.ts';
import { DataApiError } from '../data-api/data-api-error.ts';
import { isDataApiOperation } from '../data-api/data-api-operation.ts';
import { AnswerLostError } from '../http/answer-lost-error.ts';
import type { Json } from './asl.ts';
import { toNativeCase, toPascalCase } from './change-member-case.ts';
import { StatesError } from './states-error.ts';
import type { TaskIntegration } from './task-integrations.ts';

/** The beginning of the Resource ARN; the action follows in camelCase. */
export const REDSHIFT_DATA_PREFIX = 'arn:aws:states:::aws-sdk:redshiftdata:';

export interface RedshiftDataIntegrationOptions {
  readonly dataApi: Pick<DataApi, 'handle'>;
  /** Told of every call, with the operation's name. */
  readonly onCall: (operation: string) => void;
}

/**
 * Any action of the Redshift Data API as an AWS SDK integration: members in PascalCase both ways, timestamps as
 * ISO 8601, errors as `RedshiftData.<Name>Exception` (Step Functions guide, "Learning to use AWS service SDK
 * integrations").
 *
 * @param action in camelCase, e.g. `describeStatement`
 * @returns null when the Data API has no such action
 */
export function redshiftDataIntegration(
  action: string,
  options: RedshiftDataIntegrationOptions,
): TaskIntegration | null {
  const operation = action.charAt(0).toUpperCase() + action.slice(1);
  if (action === operation || !isDataApiOperation(operation)) {
    return null;
  }
  return async (parameters): Promise<Json> => {
    const input = toNativeCase((parameters ?? {}) as Record<string, unknown>);
    options.onCall(operation);
    try {
      return toPascalCase(
        await options.dataApi.handle(operation, input, { accessKeyId: LOCAL_CREDENTIALS.accessKeyId }),
      );
    } catch (error) {
      throw statesErrorOf(error);
    }
  };
}

function statesErrorOf(error: unknown): unknown {
  if (error instanceof DataApiError) {
    const name = error.name.endsWith('Exception') ? error.name : `${error.name}Exception`;
    const tail = `(Service: RedshiftData, Status Code: ${error.status}, Request ID: ${randomUUID()})`;
    return new StatesError(`RedshiftData.${name}`, `${error.message} ${tail}`);
  }
  // A connection that broke before the answer: what an SDK reports as its own failure.
  return error instanceof AnswerLostError ? new StatesError('RedshiftData.SdkClientException', error.message) : error;
}
