import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Contender, userOf } from './contender.ts';
import type { Question } from './question.ts';
import { runStatement } from './run-statement.ts';
import type { World } from './world.ts';

const KEEP_ALIVE_SECONDS = 300;

/**
 * The usual pool: one SessionId per tenant in a table, looked up and stamped for each query, and used by whoever comes.
 * A session that the service calls not available is taken for dead: its item is deleted and another one is opened.
 */
export async function naiveContender(world: World, name: string): Promise<Contender> {
  const tenant = await world.newTenant();
  const { documents, redshift } = world;
  const item = { TableName: world.cloud.table, Key: { pk: `NAIVE#${tenant}`, sk: 'SESSION' } };

  async function openAnother(question: Question) {
    const place = { ClusterIdentifier: 'local', Database: 'dev', DbUser: userOf(tenant) };
    const { rows, sessionId } = await runStatement(redshift, question, {
      ...place,
      SessionKeepAliveSeconds: KEEP_ALIVE_SECONDS,
    });
    const now = Date.now();
    const times = { createdAt: now, lastUsedAt: now, expiresAt: now + KEEP_ALIVE_SECONDS * 1_000 };
    await documents.send(new PutCommand({ TableName: item.TableName, Item: { ...item.Key, sessionId, ...times } }));
    return rows;
  }

  return {
    name,
    tenant,
    cap: null,
    isTrusted: false,
    open: async () => undefined,
    async query(_caller, question) {
      const { Item: found } = await documents.send(new GetCommand({ ...item, ConsistentRead: true }));
      // A stamp may have brought back the item of a session that somebody threw away, without its name.
      if (found?.['sessionId'] === undefined || Number(found['expiresAt']) <= Date.now()) {
        return openAnother(question);
      }
      await documents.send(
        new UpdateCommand({
          ...item,
          UpdateExpression: 'SET lastUsedAt = :now',
          ExpressionAttributeValues: { ':now': Date.now() },
        }),
      );
      try {
        return (await runStatement(redshift, question, { SessionId: String(found['sessionId']) })).rows;
      } catch (error) {
        if (!(error instanceof Error && error.message.includes('Session is not available'))) {
          throw error;
        }
        await documents.send(new DeleteCommand(item));
        return openAnother(question);
      }
    },
  };
}
