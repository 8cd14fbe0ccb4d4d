import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { loadConfig } from '../config/load-config.ts';
import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import { createEventBridgePublisher } from '../messaging/event-bridge-publisher.ts';
import { createDynamoDbSessionTable } from '../session-table/dynamodb-session-table.ts';
import { createAnswerLink } from '../snooze-link/answer-link.ts';
import { type FunctionUrlResponse, readUrlEvent, toUrlResponse } from '../snooze-link/function-url.ts';
import { refusalPage } from '../snooze-link/snooze-page.ts';
import { readSnoozeEnvironment } from './lambda-environment.ts';
import { linkKeys } from './link-runtime.ts';

const logger = new Logger({ serviceName: 'slotkeeper' });

/** What is wrong is in the log, not on a page that anybody may open. */
const FAULT =
  'Slotkeeper could not do this now. Try again in a minute; running any statement in the session keeps it, too.';

/**
 * Makes the handler behind the function URL. The log has what it came to and never the link: whoever has it may use it.
 * The use case is composed at the first call and kept.
 */
export function snoozeHandler(): (event: unknown) => Promise<FunctionUrlResponse> {
  let answer: ReturnType<typeof createAnswerLink> | undefined;
  return async (event) => {
    try {
      const request = readUrlEvent(event);
      answer ??= compose();
      const answered = await answer(request);
      logger.info('answered', { function: 'SnoozeSession', method: request.method, outcome: answered.outcome });
      return toUrlResponse(answered, request.method);
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown';
      const message = error instanceof SlotkeeperError ? error.message : undefined;
      logger.error('failed', { function: 'SnoozeSession', failure: { name, message } });
      return toUrlResponse({ status: 500, html: refusalPage(FAULT), outcome: name }, 'GET');
    }
  };
}

function compose(): ReturnType<typeof createAnswerLink> {
  const { configPath, tableName, secretArn, eventBus } = readSnoozeEnvironment(process.env);
  const config = loadConfig(configPath);
  const now = () => new Date();
  return createAnswerLink({
    config,
    table: createDynamoDbSessionTable({
      client: DynamoDBDocumentClient.from(new DynamoDBClient({})),
      tableName,
      retentionSeconds: config.runs.retention,
      now,
    }),
    events: createEventBridgePublisher({
      client: new EventBridgeClient({}),
      busName: eventBus,
      source: 'slotkeeper',
    }),
    keys: linkKeys(secretArn, now),
    now,
  });
}
