import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PortInUseError } from '../../local/port-in-use-error.ts';
import { startLocalCloud } from '../../local/start-local-cloud.ts';
import { cloudClients } from './cloud-clients.ts';

const fixtures = {
  port: 0,
  postgresPort: 0,
  functionsDirectory: 'test/fixtures/functions',
  stateMachinesDirectory: 'test/fixtures/state-machines',
  configPath: 'test/fixtures/slotkeeper.yml',
};

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slotkeeper-lifecycle-'));
  // As root, PostgreSQL runs as somebody else, who must get through to the data.
  await chmod(directory, 0o755);
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** Whether anything accepts connections on a loopback port. */
function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function occupy(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

describe('the embedded cloud as a whole', () => {
  it('does not touch a data folder in which another process works', async () => {
    const dataDir = join(directory, 'taken');
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'lock'), `${process.pid}\n`);
    await expect(startLocalCloud({ ...fixtures, dataDir })).rejects.toMatchObject({
      name: 'DataFolderInUse',
      message: expect.stringContaining(`process ${process.pid} works in it`),
    });
    expect(await readdir(dataDir)).toEqual(['lock']);
  });

  it('keeps its databases and tables in a directory, and leaves no port open when it stops', async () => {
    const dataDir = join(directory, 'data');
    const first = await startLocalCloud({ ...fixtures, dataDir });
    const item = { pk: { S: 'TARGET#local' }, sk: { S: 'LOCK' } };
    const aws = cloudClients(first.endpoint);
    await aws.dynamodb.send(new PutItemCommand({ TableName: first.table, Item: item }));
    const client = await first.redshift.connect({ user: 'awsuser', database: 'dev' });
    await client.query('create table kept (a int)');
    await client.end();
    // A run that would wait for a day does not keep the cloud from stopping.
    const stateMachineArn = first.stateMachines['slotkeeper-local-all-paths'];
    await aws.sfn.send(new StartExecutionCommand({ stateMachineArn, input: '{"go":"wait","seconds":86400}' }));
    await Promise.all([first.stop(), first.stop()]);
    aws.destroy();
    expect(await Promise.all([listens(first.port), listens(first.postgres.port)])).toEqual([false, false]);

    const second = await startLocalCloud({ ...fixtures, dataDir });
    const again = cloudClients(second.endpoint);
    const { Item } = await again.dynamodb.send(new GetItemCommand({ TableName: second.table, Key: item }));
    expect(Item).toEqual(item);
    const reader = await second.redshift.connect({ user: 'awsuser', database: 'dev' });
    expect((await reader.query('select count(*)::int as n from kept')).rows).toEqual([{ n: 0 }]);
    await reader.end();
    again.destroy();
    await second.stop();
  });

  it.each([
    ['port', '--port'],
    ['postgresPort', '--postgres-port'],
  ])('says that its %s is in use, and how to choose another', async (option, flag) => {
    const { server, port } = await occupy();
    const starting = startLocalCloud({ ...fixtures, [option]: port });
    await expect(starting).rejects.toBeInstanceOf(PortInUseError);
    await expect(starting).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is in use. Pass ${flag} <other>, or 0 for a free one.`,
    );
    await new Promise((resolve) => server.close(resolve));
  });

  it('ends what it has started when a later part fails', async () => {
    const { server, port } = await occupy();
    await new Promise((resolve) => server.close(resolve));
    const broken = join(directory, 'machines');
    await mkdir(broken);
    await writeFile(
      join(broken, 'broken.asl.json'),
      '{"StartAt":"A","States":{"A":{"Type":"Pass","Assign":{},"End":true}}}',
    );
    const starting = startLocalCloud({ ...fixtures, port, stateMachinesDirectory: broken });
    await expect(starting).rejects.toThrow(/broken\.asl\.json: .*States\.A\.Assign: the local engine ignores it/s);
    expect(await listens(port)).toBe(false);
  });

  it('refuses a configuration that was named and is not there', async () => {
    const starting = startLocalCloud({ ...fixtures, configPath: join(directory, 'nowhere.yml') });
    await expect(starting).rejects.toThrow('nowhere.yml');
  });
});
