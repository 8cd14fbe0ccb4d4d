import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import type { TableFacts } from '../../doctor/deployment/judge-table.ts';
import type { DoctorClients } from './doctor-clients.ts';
import { tableShape } from './table-shape.ts';

/** The session table as it is; null: there is none. */
export async function readTable({ dynamoDb }: DoctorClients, table: string): Promise<TableFacts | null> {
  try {
    const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName: table }));
    const indexes = Table?.GlobalSecondaryIndexes ?? [];
    return {
      ...tableShape({ KeySchema: Table?.KeySchema, GlobalSecondaryIndexes: indexes }),
      status: Table?.TableStatus ?? 'unknown',
      busyIndexes: indexes
        .filter(({ IndexStatus }) => IndexStatus !== 'ACTIVE')
        .map(({ IndexName }) => IndexName ?? ''),
    };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      return null;
    }
    throw error;
  }
}

export async function readExpiry({ dynamoDb }: DoctorClients, table: string): Promise<{ attribute: string | null }> {
  const { TimeToLiveDescription } = await dynamoDb.send(new DescribeTimeToLiveCommand({ TableName: table }));
  const on =
    TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED' || TimeToLiveDescription?.TimeToLiveStatus === 'ENABLING';
  return { attribute: on ? (TimeToLiveDescription?.AttributeName ?? null) : null };
}

export async function readRecovery({ dynamoDb }: DoctorClients, table: string): Promise<{ pointInTime: boolean }> {
  const { ContinuousBackupsDescription } = await dynamoDb.send(
    new DescribeContinuousBackupsCommand({ TableName: table }),
  );
  const status = ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
  return { pointInTime: status === 'ENABLED' };
}
