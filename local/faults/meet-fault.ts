import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { AwsError } from '../http/aws-error.ts';
import type { AwsRequest } from '../http/aws-service.ts';
import { sendJson } from '../http/send-json.ts';
import { snsErrorXml } from '../messaging/sns-publish-fault.ts';
import type { FaultRule } from './fault-rule.ts';

/** Marks the endpoint's own repetition of a request: it is carried out, whatever is switched on. */
export const SPARED_HEADER = 'x-slotkeeper-spared';

/** What a fault needs of the cloud. */
export interface FaultSurroundings {
  readonly port: number;
  /** Ends every Lambda container at once. */
  readonly crashContainers: () => Promise<void>;
  /** Lets the database server crash, and waits until it has started anew. */
  readonly crashServer: () => Promise<void>;
  /** Resolves after so many milliseconds of the cloud's clock. */
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * Lets a request that came over HTTP meet its fault.
 *
 * @returns whether the request is answered, or never will be; else it is to be served as ever
 * @throws AwsError the error that the fault answers with
 */
export async function meetFault(
  rule: FaultRule,
  request: AwsRequest,
  response: ServerResponse,
  { port, crashContainers, crashServer, sleep }: FaultSurroundings,
): Promise<boolean> {
  if (rule.delay !== undefined) {
    await sleep(rule.delay * 1000);
    return false;
  }
  if (rule.crashServer === 'before') {
    await crashServer();
    return false;
  }
  if (rule.hang) {
    await once(response, 'close');
    return true;
  }
  if (rule.staleIndex === 'frozen') {
    sendJson(response, 200, await frozenAnswer(rule, request, port), DYNAMODB_JSON);
    return true;
  }
  if (rule.staleIndex) {
    sendJson(response, 200, { Count: 0, Items: [], ScannedCount: 0 }, DYNAMODB_JSON);
    return true;
  }
  if (rule.crashServer === 'after') {
    // The answer waits until the server is back, as it would if this very call had brought it down.
    const { status, headers, body } = await carryOut(request, port);
    await crashServer();
    response.writeHead(status, headers).end(body);
    return true;
  }
  if (rule.error?.after || rule.loseAnswer || rule.crash === 'after') {
    await carryOut(request, port);
  }
  if (rule.crash !== undefined) {
    await crashContainers();
  }
  if (rule.crash !== undefined || rule.loseAnswer) {
    request.raw.socket.destroy();
    return true;
  }
  if (rule.error === undefined) {
    return false;
  }
  const { type, message, status } = rule.error;
  if ((request.headers['content-type'] ?? '').includes('application/x-www-form-urlencoded')) {
    response.writeHead(status, { 'content-type': 'text/xml' }).end(snsErrorXml({ status, code: type, message }));
    return true;
  }
  throw new AwsError(type, message, status);
}

const DYNAMODB_JSON = 'application/x-amz-json-1.0';

/** What queries of an index were answered when a rule that freezes it first met them, by their bodies. */
const frozen = new WeakMap<FaultRule, Map<string, Promise<unknown>>>();

async function frozenAnswer(rule: FaultRule, request: AwsRequest, port: number): Promise<unknown> {
  const answers = frozen.get(rule) ?? new Map<string, Promise<unknown>>();
  frozen.set(rule, answers);
  const query = request.body.toString('utf8');
  const answer = answers.get(query) ?? carryOut(request, port).then(({ body }) => JSON.parse(body.toString('utf8')));
  answers.set(query, answer);
  return await answer;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends the request to this very endpoint once more. */
async function carryOut({ method, url, headers, body }: AwsRequest, port: number): Promise<Answer> {
  return await new Promise<Answer>((resolve, reject) => {
    const sent = httpRequest(
      {
        host: '127.0.0.1',
        port,
        method,
        path: `${url.pathname}${url.search}`,
        agent: false,
        headers: { ...headers, [SPARED_HEADER]: 'true' },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer
          .on('error', reject)
          .on('data', (chunk: Buffer) => chunks.push(chunk))
          .on('end', () =>
            resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: Buffer.concat(chunks) }),
          );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
