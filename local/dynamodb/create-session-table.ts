import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import { sessionTableSchema } from '../../src/session-table/session-table-schema.ts';

/** dynalite turns a table ACTIVE within a few milliseconds; this is a bound, not a wait. */
const LOOKS = 100;
const LOOK_EVERY_MS = 10;

/**
 * Creates the session table with the keys and the index of the deployed stack, unless a kept store has it already.
 *
 * @throws Error when the table does not become ACTIVE
 */
export async function createSessionTable(client: DynamoDBClient, tableName: string): Promise<void> {
  try {
    await client.send(new CreateTableCommand(sessionTableSchema(tableName)));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) {
      throw error;
    }
  }
  for (let look = 0; look < LOOKS; look += 1) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    const indexes = Table?.GlobalSecondaryIndexes ?? [];
    if (Table?.TableStatus === 'ACTIVE' && indexes.every((index) => index.IndexStatus === 'ACTIVE')) {
      return;
    }
    await delay(LOOK_EVERY_MS);
  }
  throw new Error(`Expected table ${tableName} to be ACTIVE within ${LOOKS * LOOK_EVERY_MS} ms.`);
}
