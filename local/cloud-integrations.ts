import { PublishCommand, type PublishCommandInput, type SNSClient } from '@aws-sdk/client-sns';
import type { DataApi } from './data-api/data-api.ts';
import { AwsError } from './http/aws-error.ts';
import type { CallCounts } from './http/call-counts.ts';
import type { LambdaService } from './lambda/lambda-service.ts';
import { lambdaArnIntegration, lambdaInvokeIntegration } from './step-functions/lambda-integration.ts';
import { REDSHIFT_DATA_PREFIX, redshiftDataIntegration } from './step-functions/redshift-data-integration.ts';
import { sdkClientIntegration } from './step-functions/sdk-client-integration.ts';
import type { StateMachineRuntime } from './step-functions/state-machine-runtime.ts';
import { TaskIntegrations } from './step-functions/task-integrations.ts';

/** What tasks and rules reach inside the cloud. */
export interface CloudParts {
  readonly lambda: LambdaService;
  readonly dataApi: DataApi;
  readonly sns: SNSClient;
  readonly calls: CallCounts;
}

/** The one table from a task's Resource ARN to what carries it out. */
export function cloudIntegrations({ lambda, dataApi, sns, calls }: CloudParts): TaskIntegrations {
  const counted = {
    invoke: (name: string, payload: string) => {
      calls.add('lambda', 'Invoke');
      return lambda.invoke(name, payload);
    },
    invokeLater: (name: string, payload: string) => {
      calls.add('lambda', 'Invoke');
      lambda.invokeLater(name, payload);
    },
  };
  const publish = (parameters: unknown) => sns.send(new PublishCommand(parameters as PublishCommandInput));
  return new TaskIntegrations(
    {
      'arn:aws:states:::lambda:invoke': lambdaInvokeIntegration(counted),
      'arn:aws:states:::sns:publish': sdkClientIntegration('SNS', publish),
      'arn:aws:states:::aws-sdk:sns:publish': sdkClientIntegration('Sns', publish),
    },
    {
      [REDSHIFT_DATA_PREFIX]: (action) =>
        redshiftDataIntegration(action, { dataApi, onCall: (operation) => calls.add('redshift-data', operation) }),
      'arn:aws:lambda:': (rest) => lambdaArnIntegration(counted, `arn:aws:lambda:${rest}`),
    },
  );
}

/** Brings a rule's payload to its target: a state machine, a function or a topic. */
export function deliverTo(
  parts: Pick<CloudParts, 'lambda' | 'sns'> & { readonly executions: () => StateMachineRuntime },
): (targetArn: string, payload: string) => Promise<void> {
  return async (targetArn, payload) => {
    const service = targetArn.split(':')[2];
    switch (service) {
      case 'states':
        parts.executions().start({ stateMachineArn: targetArn, input: payload });
        break;
      case 'lambda':
        parts.lambda.invokeLater(targetArn, payload);
        break;
      case 'sns':
        await parts.sns.send(new PublishCommand({ TopicArn: targetArn, Message: payload }));
        break;
      default:
        throw new AwsError(
          'ValidationException',
          `Expected the target of a rule to be a state machine, a function or a topic, got '${targetArn}'.`,
        );
    }
  };
}
