import { DescribeStatementCommand, RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { afterEach, expect, it } from 'vitest';
import { countDataApiCalls } from '../../src/warehouse/count-data-api-calls.ts';
import { type AwsJsonServer, startAwsJsonServer } from '../support/aws-json-server.ts';

let server: AwsJsonServer | undefined;
afterEach(() => server?.stop());

it('counts the calls of a client, each try of a retried one, until the count is taken', async () => {
  server = await startAwsJsonServer();
  const client = new RedshiftDataClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 2,
  });
  const take = countDataApiCalls(client);
  const done = { body: { Id: 'statement', Status: 'FINISHED' } };
  server.answerWith({ status: 500, body: { __type: 'InternalServerException', Message: 'again' } }, done, done);
  await client.send(new DescribeStatementCommand({ Id: 'statement' }));
  expect(take()).toBe(2);
  expect(take()).toBe(0);
  await client.send(new DescribeStatementCommand({ Id: 'statement' }));
  expect(take()).toBe(1);
  expect(server.requests).toHaveLength(3);
});
