import { once } from 'node:events';
import { request as httpRequest, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
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
  { port, crashContainers }: FaultSurroundings,
): Promise<boolean> {
  if (rule.delay !== undefined) {
    await wait(rule.delay * 1000);
    return false;
  }
  if (rule.hang) {
    await once(response, 'close');
    return true;
  }
  if (rule.staleIndex) {
    sendJson(response, 200, { Count: 0, Items: [], ScannedCount: 0 }, 'application/x-amz-json-1.0');
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

/** Sends the request to this very endpoint once more, and drops the answer. */
async function carryOut({ method, url, headers, body }: AwsRequest, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
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
        answer.on('error', reject).on('end', resolve).resume();
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
