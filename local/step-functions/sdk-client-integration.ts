import type { Json } from './asl.ts';
import { toPascalCase } from './change-member-case.ts';
import { StatesError } from './states-error.ts';
import type { TaskIntegration } from './task-integrations.ts';

/** What every error of an AWS SDK client has. */
interface SdkError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

/**
 * An integration that is one call of an AWS SDK client, e.g. `arn:aws:states:::sns:publish`.
 *
 * @param prefix what the service's errors begin with in a state machine, e.g. `SNS`
 * @param call sends the state's parameters and answers the output
 */
export function sdkClientIntegration(prefix: string, call: (parameters: Json) => Promise<object>): TaskIntegration {
  return async (parameters) => {
    try {
      const { $metadata: _, ...output } = (await call(parameters)) as { readonly $metadata?: unknown };
      return toPascalCase(output);
    } catch (thrown) {
      const error = thrown as SdkError;
      const status = error.$metadata?.httpStatusCode;
      if (!(thrown instanceof Error) || status === undefined) {
        throw thrown;
      }
      const name = error.name.endsWith('Exception') ? error.name : `${error.name}Exception`;
      throw new StatesError(`${prefix}.${name}`, `${error.message} (Service: ${prefix}, Status Code: ${status})`);
    }
  };
}
