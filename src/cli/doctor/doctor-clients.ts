import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';

/** Clients for what no other command looks at. */
export interface DoctorClients {
  readonly dynamoDb: DynamoDBClient;
  readonly events: EventBridgeClient;
  readonly redshiftData: RedshiftDataClient;
  readonly sfn: SFNClient;
  readonly sns: SNSClient;
  /** What AWS_ENDPOINT_URL says; null: AWS itself. */
  readonly endpoint: string | null;
  /** Lets go of open connections. */
  readonly close: () => void;
}

/** Where they speak to: wherever AWS_ENDPOINT_URL and the AWS configuration point to, unless told otherwise. */
export function openDoctorClients(options: { readonly region?: string; readonly profile?: string }): DoctorClients {
  const where = {
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
  };
  const clients = {
    dynamoDb: new DynamoDBClient(where),
    events: new EventBridgeClient(where),
    redshiftData: new RedshiftDataClient(where),
    sfn: new SFNClient(where),
    sns: new SNSClient(where),
  };
  return {
    ...clients,
    endpoint: process.env['AWS_ENDPOINT_URL'] ?? null,
    close: () => {
      for (const client of Object.values(clients)) {
        client.destroy();
      }
    },
  };
}
