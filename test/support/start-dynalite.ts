import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';
import { sessionTableSchema } from '../../src/session-table/session-table-schema.ts';

/** DynamoDB for one test file, in this process, in memory, on a free loopback port. */
export interface TestDynamoDb {
  readonly endpoint: string;
  readonly client: DynamoDBDocumentClient;
  /** Creates an empty session table. */
  createSessionTable(tableName: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startDynalite(): Promise<TestDynamoDb> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const plain = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return {
    endpoint,
    client: DynamoDBDocumentClient.from(plain),
    async createSessionTable(tableName) {
      await plain.send(new CreateTableCommand(sessionTableSchema(tableName)));
      for (let look = 0; look < 100; look += 1) {
        const { Table } = await plain.send(new DescribeTableCommand({ TableName: tableName }));
        if (Table?.TableStatus === 'ACTIVE') {
          return;
        }
      }
      throw new Error(`Expected table ${tableName} to become ACTIVE.`);
    },
    async stop() {
      plain.destroy();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
