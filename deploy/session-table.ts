import { sessionTableSchema } from '../src/session-table/session-table-schema.ts';
import type { Resources } from './cloudformation.ts';
import type { StackNames } from './stack-names.ts';

/** The session table, as the code works with it. It outlives the stack; in production it cannot be deleted by accident. */
export function sessionTable({ table, isProduction }: StackNames): Resources {
  return {
    SessionTable: {
      Type: 'AWS::DynamoDB::Table',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        ...sessionTableSchema(table),
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        DeletionProtectionEnabled: isProduction,
      },
    },
  };
}
